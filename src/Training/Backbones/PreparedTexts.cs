using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// Texts that are laid out and embedded for the text tower. They are prepared once and then encoded in each step. Not thread-safe.
/// </summary>
public sealed class PreparedTexts : IDisposable
{
    private readonly torch.Tensor _rows;
    private (int Lanes, torch.Tensor Rows)? _repeated;

    internal PreparedTexts(TextSequences sequences, torch.Tensor rows) => (Sequences, _rows) = (sequences, rows);

    /// <summary>The number of texts.</summary>
    public int Count => Sequences.Texts;

    internal TextSequences Sequences { get; }

    /// <summary>Returns the sum of token and position embeddings, repeated for each lane.</summary>
    /// <returns>The rows, [lanes · (shared + count · own), width]; this object keeps ownership.</returns>
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
