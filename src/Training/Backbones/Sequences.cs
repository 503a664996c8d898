using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// The layout of the token rows [rows, width] in a tower's step. Each lane has <see cref="Shared"/> rows that all of its sequences start
/// with, computed once, and <see cref="Count"/> sequences of <see cref="Own"/> rows, of which <see cref="Read"/> are read out. The shared
/// rows of all lanes come first. Rows can be shared only in a causal tower.
/// </summary>
public abstract class Sequences
{
    /// <summary>Sequences per lane: images, or several texts side by side.</summary>
    public required int Count { get; init; }

    /// <summary>Rows of each sequence after the shared ones.</summary>
    public required int Own { get; init; }

    /// <summary>Leading rows that all sequences of a lane share.</summary>
    public int Shared { get; init; }

    /// <summary>Rows of each sequence from which the tower's result is read.</summary>
    public required int Read { get; init; }

    /// <summary>A key that is equal for sequences with the same masks.</summary>
    public virtual object Layout => this;

    /// <summary>
    /// Returns the masks of a lane with <paramref name="prompts"/> prompt rows in a block. Keys are ordered as prompts, shared rows, own
    /// rows.
    /// </summary>
    /// <param name="prompts">The lane's prompt rows in the block.</param>
    /// <param name="type">The type of queries and keys.</param>
    public abstract AttentionMasks Masks(int prompts, torch.ScalarType type = torch.ScalarType.Float32);

    /// <summary>Selects the rows from which the tower's result is read: [lanes · count · read, width].</summary>
    public abstract torch.Tensor ReadOut(torch.Tensor rows, int lanes);
}

/// <summary>Additive masks, 0 or minus infinity; null where every key is visible.</summary>
/// <param name="Shared">[1, 1, shared, prompts + shared], for the shared rows' queries.</param>
/// <param name="Own">[count, 1, own, prompts + shared + own], for the own rows' queries.</param>
/// <param name="ReadOut">[count, 1, read, prompts + shared + own], for the read-out rows' queries.</param>
public sealed record AttentionMasks(torch.Tensor? Shared, torch.Tensor? Own, torch.Tensor? ReadOut);

/// <summary>Images: every token attends to every token; the class token comes first and is read out.</summary>
internal sealed class ImageSequences : Sequences
{
    private static readonly AttentionMasks _none = new(null, null, null);

    public override object Layout => (Count, Own);

    public override AttentionMasks Masks(int prompts, torch.ScalarType type = torch.ScalarType.Float32) => _none;

    public override torch.Tensor ReadOut(torch.Tensor rows, int lanes) => rows.view(lanes * Count, Own, -1).select(1, 0);
}
