using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>The prompt rows of several lanes. Each lane belongs to one of the jobs that pass through a tower in one step.</summary>
public sealed class TowerPrompts
{
    private readonly IReadOnlyList<IReadOnlyList<torch.Tensor?>?> _lanes;
    private readonly PromptPadding? _padding;

    /// <summary>Initializes the prompts for several lanes.</summary>
    /// <param name="lanes">The live rows of each lane and block, [n, width] each; null for none. Blocks beyond the end of a lane's list
    /// have no rows.</param>
    public TowerPrompts(IReadOnlyList<IReadOnlyList<torch.Tensor?>?> lanes) => _lanes = lanes;

    /// <summary>Initializes the prompts for several lanes, with optional padding.</summary>
    /// <param name="lanes">The live rows of each lane and block.</param>
    /// <param name="padding">The padding that lets lanes share attention calls; null to use separate calls for lanes with different numbers
    /// of rows.</param>
    internal TowerPrompts(IReadOnlyList<IReadOnlyList<torch.Tensor?>?> lanes, PromptPadding? padding) : this(lanes) => _padding = padding;

    /// <summary>Creates prompts for one lane.</summary>
    /// <param name="lane">The live rows of each block, [n, width] each; null for none.</param>
    public static TowerPrompts Of(IReadOnlyList<torch.Tensor?>? lane) => new([lane]);

    /// <summary>The number of lanes.</summary>
    public int Lanes => _lanes.Count;

    /// <summary>The number of blocks in the longest of the lanes' lists.</summary>
    public int Depth => _lanes.Max(lane => lane?.Count ?? 0);

    /// <summary>Returns the prompt rows of one block.</summary>
    public BlockPrompts At(int block)
    {
        var rows = _lanes.Select(lane => block < lane?.Count ? lane[block] : null).ToArray();
        var live = rows.OfType<torch.Tensor>().Where(lane => lane.shape[0] > 0).ToArray();
        int[] counts = [.. rows.Select(lane => (int)(lane?.shape[0] ?? 0))];
        return new BlockPrompts(live.Length switch { 0 => null, 1 => live[0], _ => torch.cat(live, 0) }, counts)
        {
            Padding = _padding?.At(block, counts),
        };
    }
}

/// <summary>The prompt rows of one block, one lane after another.</summary>
/// <param name="Rows">The rows of all lanes, [sum of the counts, width]; null if all counts are 0.</param>
/// <param name="Counts">The number of rows in each lane.</param>
public sealed record BlockPrompts(torch.Tensor? Rows, int[] Counts)
{
    /// <summary>The padding that lets lanes with different counts share one attention call; null if such lanes use separate
    /// calls.</summary>
    internal PaddedBlock? Padding { get; init; }

    /// <summary>Returns the groups of lanes that share an attention call: all lanes if padded, otherwise adjacent lanes with equal
    /// counts.</summary>
    public IEnumerable<LaneRun> Runs()
    {
        if (Padding is { } padding)
        {
            yield return new LaneRun(0, Counts.Length, padding.Rows, 0);
            yield break;
        }
        for (int first = 0, row = 0; first < Counts.Length;)
        {
            var next = first + 1;
            while (next < Counts.Length && Counts[next] == Counts[first]) next++;
            yield return new LaneRun(first, next - first, Counts[first], row);
            row += (next - first) * Counts[first];
            first = next;
        }
    }

    /// <summary>
    /// Returns the masks for lanes that share an attention call, one lane after another. If all lanes have the same mask, it is returned
    /// only once.
    /// </summary>
    /// <param name="run">The lanes.</param>
    /// <param name="sequences">The layout of the token rows.</param>
    /// <param name="queries">A tensor with the data type and the device of the queries and keys.</param>
    /// <param name="readOut">Whether only the read-out rows have queries; otherwise, all own rows have queries.</param>
    /// <returns>The mask for the shared rows, and the mask for the other rows.</returns>
    internal (torch.Tensor? Shared, torch.Tensor? Others) Masks(LaneRun run, Sequences sequences, torch.Tensor queries, bool readOut)
    {
        var masks = Padding?.Masks(sequences, queries.dtype, queries.device) ?? sequences.Masks(run.Prompts, queries.dtype);
        var others = readOut ? masks.ReadOut : masks.Own;
        return (masks.Shared, Padding is null && run.Lanes > 1 && sequences.Count > 1 ? others?.repeat(run.Lanes, 1, 1, 1) : others);
    }
}

/// <summary>Adjacent lanes with the same number of prompt rows, including padding.</summary>
/// <param name="First">The first lane.</param>
/// <param name="Lanes">The number of lanes.</param>
/// <param name="Prompts">The number of prompt rows in each lane.</param>
/// <param name="Row">The index of the first lane's first row among all prompt rows.</param>
public readonly record struct LaneRun(int First, int Lanes, int Prompts, int Row);
