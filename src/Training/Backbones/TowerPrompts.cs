using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>The prompt rows of several lanes: jobs that pass a tower in one step, each with prompts of its own.</summary>
public sealed class TowerPrompts
{
    private readonly IReadOnlyList<IReadOnlyList<torch.Tensor?>?> _lanes;

    /// <summary>Brings the lanes together.</summary>
    /// <param name="lanes">By lane and block the live rows, [n, width]; null for none. Blocks beyond a list have none.</param>
    public TowerPrompts(IReadOnlyList<IReadOnlyList<torch.Tensor?>?> lanes) => _lanes = lanes;

    /// <summary>One lane.</summary>
    /// <param name="lane">By block the live rows, [n, width]; null for none.</param>
    public static TowerPrompts Of(IReadOnlyList<torch.Tensor?>? lane) => new([lane]);

    /// <summary>How many lanes there are.</summary>
    public int Lanes => _lanes.Count;

    /// <summary>Blocks of the longest list.</summary>
    public int Depth => _lanes.Max(lane => lane?.Count ?? 0);

    /// <summary>The rows of one block.</summary>
    public BlockPrompts At(int block)
    {
        var rows = _lanes.Select(lane => block < lane?.Count ? lane[block] : null).ToArray();
        var live = rows.OfType<torch.Tensor>().Where(lane => lane.shape[0] > 0).ToArray();
        return new BlockPrompts(live.Length switch { 0 => null, 1 => live[0], _ => torch.cat(live, 0) },
            [.. rows.Select(lane => (int)(lane?.shape[0] ?? 0))]);
    }
}

/// <summary>The prompt rows of one block, lane after lane.</summary>
/// <param name="Rows">[sum of the counts, width]; null where all are 0.</param>
/// <param name="Counts">Rows of each lane.</param>
public sealed record BlockPrompts(torch.Tensor? Rows, int[] Counts)
{
    /// <summary>Neighbouring lanes with as many rows each, which can be attended to together.</summary>
    public IEnumerable<LaneRun> Runs()
    {
        for (int first = 0, row = 0; first < Counts.Length;)
        {
            var next = first + 1;
            while (next < Counts.Length && Counts[next] == Counts[first]) next++;
            yield return new LaneRun(first, next - first, Counts[first], row);
            row += (next - first) * Counts[first];
            first = next;
        }
    }
}

/// <summary>Lanes side by side with equally many prompt rows.</summary>
/// <param name="First">The first lane.</param>
/// <param name="Lanes">How many lanes.</param>
/// <param name="Prompts">Prompt rows of each.</param>
/// <param name="Row">The first lane's first row among all prompt rows.</param>
public readonly record struct LaneRun(int First, int Lanes, int Prompts, int Row);
