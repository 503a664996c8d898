using TorchSharp;

namespace AdaptCluster.Training.Clip;

/// <summary>Texts ready for the text tower: laid out and embedded. Prepared once, encoded once per step. For one thread.</summary>
public sealed class PreparedTexts : IDisposable
{
    internal PreparedTexts(TextSequences sequences, torch.Tensor rows) => (Sequences, Rows) = (sequences, rows);

    /// <summary>Texts.</summary>
    public int Count => Sequences.Count;

    /// <summary>Tokens of the longest text, start and end included.</summary>
    public int Length => Sequences.Shared + Sequences.Own;

    internal TextSequences Sequences { get; }

    /// <summary>[shared + count · own, width]: token plus position embeddings.</summary>
    internal torch.Tensor Rows { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Sequences.Dispose();
        Rows.Dispose();
    }
}
