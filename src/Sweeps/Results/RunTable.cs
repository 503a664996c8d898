using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Results;

/// <summary>The parts of a result that the table needs.</summary>
public readonly record struct RunDigits(int TestCorrect, int TestTotal, int ValidationCorrect, int ValidationTotal,
    long TrainableParameters, long MultiplyAdds,
    long HookMultiplyAdds, double? FinalLoss, IReadOnlyList<TargetResult>? Targets = null);

/// <summary>
/// The results of a sweep, indexed by job position. They take 72 bytes per job, so a table of a million runs fits in a grain.
/// </summary>
public sealed class RunTable(int jobs)
{
    private readonly RunDigits[] _runs = new RunDigits[jobs];
    private readonly bool[] _known = new bool[jobs];

    /// <summary>The number of results.</summary>
    public int Count { get; private set; }

    /// <summary>Adds or replaces a result.</summary>
    public void Add(JobPosition position, JobResult result)
    {
        if (!_known[position.Value]) Count++;
        _known[position.Value] = true;
        _runs[position.Value] = new(result.TestCorrect, result.TestTotal, result.ValidationCorrect, result.ValidationTotal,
            result.TrainableParameters, result.MultiplyAdds,
            result.HookMultiplyAdds, result.FinalLoss, result.Targets);
    }

    /// <summary>Adds or replaces several results.</summary>
    public void Add(IEnumerable<JobOutcome> outcomes)
    {
        foreach (var outcome in outcomes) Add(outcome.Position, outcome.Result);
    }

    /// <summary>Returns the result at a position; null if there is none yet.</summary>
    public RunDigits? At(JobPosition position) => _known[position.Value] ? _runs[position.Value] : null;

    /// <summary>Returns the available results of a group, in seed order.</summary>
    public RunDigits[] Runs(int group, int seeds) =>
        [.. Enumerable.Range(group * seeds, seeds).Where(position => _known[position]).Select(position => _runs[position])];
}
