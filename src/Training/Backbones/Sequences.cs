using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// How the token rows [rows, width] of a tower's step are to be read. Each lane has <see cref="Shared"/> rows that all of its sequences
/// start with, computed once, and <see cref="Count"/> sequences of <see cref="Own"/> rows, of which <see cref="Read"/> are read out. The
/// shared rows of all lanes come first. Without causality nothing can be shared.
/// </summary>
public abstract class Sequences
{
    /// <summary>Sequences of one lane: images, or texts that stand side by side.</summary>
    public required int Count { get; init; }

    /// <summary>Rows of each sequence behind the shared ones.</summary>
    public required int Own { get; init; }

    /// <summary>Rows at the start that all sequences of a lane share.</summary>
    public int Shared { get; init; }

    /// <summary>Rows of each sequence that the tower's result is read from.</summary>
    public required int Read { get; init; }

    /// <summary>Equal for sequences that have the same masks.</summary>
    public virtual object Layout => this;

    /// <summary>
    /// The masks of a lane with <paramref name="prompts"/> prompt rows in a block; keys come in the order prompts, shared rows, own rows.
    /// </summary>
    /// <param name="prompts">The lane's prompt rows in the block.</param>
    /// <param name="type">The type of queries and keys.</param>
    public abstract AttentionMasks Masks(int prompts, torch.ScalarType type = torch.ScalarType.Float32);

    /// <summary>The rows that the tower's result is read from: [lanes · count · read, width].</summary>
    public abstract torch.Tensor ReadOut(torch.Tensor rows, int lanes);
}

/// <summary>Additive masks, 0 or minus infinity; null where every key is seen.</summary>
/// <param name="Shared">[1, 1, shared, prompts + shared], for the shared rows' queries.</param>
/// <param name="Own">[count, 1, own, prompts + shared + own], for the own rows' queries.</param>
/// <param name="ReadOut">[count, 1, read, prompts + shared + own], for the read-out rows' queries.</param>
public sealed record AttentionMasks(torch.Tensor? Shared, torch.Tensor? Own, torch.Tensor? ReadOut);

/// <summary>Images: every token sees every token, the class token comes first and is read out.</summary>
internal sealed class ImageSequences : Sequences
{
    private static readonly AttentionMasks _none = new(null, null, null);

    public override object Layout => (Count, Own);

    public override AttentionMasks Masks(int prompts, torch.ScalarType type = torch.ScalarType.Float32) => _none;

    public override torch.Tensor ReadOut(torch.Tensor rows, int lanes) => rows.view(lanes * Count, Own, -1).select(1, 0);
}
