using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>The prompt rows of several lanes: jobs that pass through a tower in one step, each with its own prompts.</summary>
public sealed class TowerPrompts
{
    private readonly IReadOnlyList<IReadOnlyList<torch.Tensor?>?> _lanes;
    private readonly PromptPadding? _padding;

    /// <summary>Creates prompts for several lanes.</summary>
    /// <param name="lanes">The live rows by lane and block, [n, width]; null for none. Blocks beyond a list have none.</param>
    public TowerPrompts(IReadOnlyList<IReadOnlyList<torch.Tensor?>?> lanes) => _lanes = lanes;

    /// <summary>Creates prompts for several lanes, with optional padding.</summary>
    /// <param name="lanes">The live rows by lane and block.</param>
    /// <param name="padding">Lets lanes share attention calls; null to attend to lanes in turn.</param>
    internal TowerPrompts(IReadOnlyList<IReadOnlyList<torch.Tensor?>?> lanes, PromptPadding? padding) : this(lanes) => _padding = padding;

    /// <summary>Creates prompts for one lane.</summary>
    /// <param name="lane">The live rows by block, [n, width]; null for none.</param>
    public static TowerPrompts Of(IReadOnlyList<torch.Tensor?>? lane) => new([lane]);

    /// <summary>The number of lanes.</summary>
    public int Lanes => _lanes.Count;

    /// <summary>The length of the longest list of blocks.</summary>
    public int Depth => _lanes.Max(lane => lane?.Count ?? 0);

    /// <summary>Returns the rows of one block.</summary>
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

/// <summary>The prompt rows of one block, lane after lane.</summary>
/// <param name="Rows">[sum of the counts, width]; null if all counts are 0.</param>
/// <param name="Counts">Rows of each lane.</param>
public sealed record BlockPrompts(torch.Tensor? Rows, int[] Counts)
{
    /// <summary>The padding with which lanes with different counts share one attention call; null if they are attended to in
    /// turn.</summary>
    internal PaddedBlock? Padding { get; init; }

    /// <summary>Groups of lanes that can be attended to together: all lanes if padded, else adjacent lanes with equal counts.</summary>
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

    /// <summary>Returns the masks of lanes that are attended to together, lane after lane; a single mask where it is the same for
    /// all.</summary>
    /// <param name="run">The lanes.</param>
    /// <param name="sequences">The layout of the token rows.</param>
    /// <param name="queries">A tensor of the type and on the device of queries and keys.</param>
    /// <param name="readOut">Whether only the read-out rows have queries, rather than all own rows.</param>
    /// <returns>The mask of the shared rows and that of the other rows.</returns>
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
/// <param name="Prompts">Prompt rows of each lane.</param>
/// <param name="Row">Index of the first lane's first row among all prompt rows.</param>
public readonly record struct LaneRun(int First, int Lanes, int Prompts, int Row);
