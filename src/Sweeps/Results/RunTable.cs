using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Results;

/// <summary>What the table needs of a result.</summary>
public readonly record struct RunDigits(int TestCorrect, int TestTotal, int ValidationCorrect, int ValidationTotal,
    long TrainableParameters, long MultiplyAdds,
    long HookMultiplyAdds, double? FinalLoss, IReadOnlyList<TargetResult>? Targets = null);

/// <summary>The results of a sweep by position, 72 bytes a job, so that a table of a million runs fits in a grain.</summary>
public sealed class RunTable(int jobs)
{
    private readonly RunDigits[] _runs = new RunDigits[jobs];
    private readonly bool[] _known = new bool[jobs];

    /// <summary>Results there are.</summary>
    public int Count { get; private set; }

    /// <summary>Takes a result in; one that is there already is replaced.</summary>
    public void Add(JobPosition position, JobResult result)
    {
        if (!_known[position.Value]) Count++;
        _known[position.Value] = true;
        _runs[position.Value] = new(result.TestCorrect, result.TestTotal, result.ValidationCorrect, result.ValidationTotal,
            result.TrainableParameters, result.MultiplyAdds,
            result.HookMultiplyAdds, result.FinalLoss, result.Targets);
    }

    /// <summary>Takes results in.</summary>
    public void Add(IEnumerable<JobOutcome> outcomes)
    {
        foreach (var outcome in outcomes) Add(outcome.Position, outcome.Result);
    }

    /// <summary>The run at a position; null while it is not there.</summary>
    public RunDigits? At(JobPosition position) => _known[position.Value] ? _runs[position.Value] : null;

    /// <summary>The runs of a group that are there, in the order of the seeds.</summary>
    public RunDigits[] Runs(int group, int seeds) =>
        [.. Enumerable.Range(group * seeds, seeds).Where(position => _known[position]).Select(position => _runs[position])];
}
