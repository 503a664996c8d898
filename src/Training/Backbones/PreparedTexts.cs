using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>Texts ready for the text tower: laid out and embedded. Prepared once, encoded once per step. For one thread.</summary>
public sealed class PreparedTexts : IDisposable
{
    private readonly torch.Tensor _rows;
    private (int Lanes, torch.Tensor Rows)? _repeated;

    internal PreparedTexts(TextSequences sequences, torch.Tensor rows) => (Sequences, _rows) = (sequences, rows);

    /// <summary>Texts.</summary>
    public int Count => Sequences.Texts;

    internal TextSequences Sequences { get; }

    /// <summary>Token plus position embeddings, as many times as there are lanes.</summary>
    /// <returns>[lanes · (shared + count · own), width]; stays this object's.</returns>
    internal torch.Tensor Rows(int lanes)
    {
        if (lanes == 1) return _rows;
        if (_repeated is var (kept, rows) && kept == lanes) return rows;
        _repeated?.Rows.Dispose();
        rows = Sequences.Repeat(_rows, lanes).DetachFromDisposeScope();
        _repeated = (lanes, rows);
        return rows;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Sequences.Dispose();
        _rows.Dispose();
        _repeated?.Rows.Dispose();
    }
}
