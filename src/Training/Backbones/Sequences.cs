using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// The layout of the token rows, [rows, width], that pass through a tower in one step. Each lane has <see cref="Shared"/> rows that all its
/// sequences start with and that are computed once. They are followed by <see cref="Count"/> sequences of <see cref="Own"/> rows each; <see
/// cref="Read"/> rows of each sequence are read out. The shared rows of all lanes come first. Rows can be shared only in a causal tower.
/// </summary>
public abstract class Sequences
{
    /// <summary>The number of sequences per lane. A sequence is one image, or several texts side by side.</summary>
    public required int Count { get; init; }

    /// <summary>The number of rows in each sequence, not counting shared rows.</summary>
    public required int Own { get; init; }

    /// <summary>The number of leading rows that all sequences of a lane share.</summary>
    public int Shared { get; init; }

    /// <summary>The number of rows in each sequence that are read out as the tower's result.</summary>
    public required int Read { get; init; }

    /// <summary>A key that is equal for layouts with the same masks.</summary>
    public virtual object Layout => this;

    /// <summary>
    /// Returns the masks for a lane with <paramref name="prompts"/> prompt rows in a block. The keys are in this order: prompts, shared
    /// rows, own rows.
    /// </summary>
    /// <param name="prompts">The number of prompt rows in the block.</param>
    /// <param name="type">The data type of queries and keys.</param>
    public abstract AttentionMasks Masks(int prompts, torch.ScalarType type = torch.ScalarType.Float32);

    /// <summary>Selects the rows that are read out as the tower's result, [lanes · count · read, width].</summary>
    public abstract torch.Tensor ReadOut(torch.Tensor rows, int lanes);
}

/// <summary>Additive attention masks with the entries 0 and minus infinity. A mask is null if every key is visible.</summary>
/// <param name="Shared">The mask for the queries of the shared rows, [1, 1, shared, prompts + shared].</param>
/// <param name="Own">The mask for the queries of the own rows, [count, 1, own, prompts + shared + own].</param>
/// <param name="ReadOut">The mask for the queries of the read-out rows, [count, 1, read, prompts + shared + own].</param>
public sealed record AttentionMasks(torch.Tensor? Shared, torch.Tensor? Own, torch.Tensor? ReadOut);

/// <summary>The layout of images. Every token attends to every token; the class token comes first and is read out.</summary>
internal sealed class ImageSequences : Sequences
{
    private static readonly AttentionMasks _none = new(null, null, null);

    public override object Layout => (Count, Own);

    public override AttentionMasks Masks(int prompts, torch.ScalarType type = torch.ScalarType.Float32) => _none;

    public override torch.Tensor ReadOut(torch.Tensor rows, int lanes) => rows.view(lanes * Count, Own, -1).select(1, 0);
}
