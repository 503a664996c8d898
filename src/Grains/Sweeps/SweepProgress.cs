using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Storage;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>How fast a sweep goes. The rate is an average over a sliding window, so that it follows workers that come and go.</summary>
/// <param name="total">Training iterations of the plan.</param>
/// <param name="done">Iterations already reported.</param>
internal sealed class SweepProgress(long total, long done)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private readonly Queue<(DateTimeOffset Time, long Done)> _samples = new();
    private long _done = done;

    /// <summary>Counts the iterations of a reported epoch.</summary>
    public void Add(int iterations, DateTimeOffset now)
    {
        if (_samples.Count == 0) _samples.Enqueue((now, _done));
        _done += iterations;
        _samples.Enqueue((now, _done));
        while (_samples.Count > 2 && now - _samples.Peek().Time > Window) _samples.Dequeue();
    }

    /// <summary>The sweep as people see it.</summary>
    public SweepStatus Status(SweepEntity sweep, IReadOnlyCollection<TrackedJob> jobs, DateTimeOffset now)
    {
        var rate = sweep.State == SweepState.Running ? Rate(now) : null;
        return new SweepStatus
        {
            Summary = new SweepSummary
            {
                Id = sweep.Id,
                Name = sweep.Name,
                State = sweep.State,
                Submitted = DateTimeOffset.FromUnixTimeMilliseconds(sweep.SubmittedMs),
                Jobs = new JobCounts
                {
                    Total = jobs.Count,
                    Completed = jobs.Count(job => job.State == JobState.Completed),
                    Failed = jobs.Count(job => job.State == JobState.Failed),
                    Cached = 0,
                },
            },
            Iterations = total,
            IterationsDone = _done,
            IterationsPerSecond = rate,
            Remaining = rate > 0 ? TimeSpan.FromSeconds((total - _done) / rate.Value) : null,
            Running = [.. jobs.Where(job => job.State == JobState.Running).Select(job => job.Status())],
            Failed = [.. jobs.Where(job => job.State == JobState.Failed).Select(job => job.Status())],
        };
    }

    private double? Rate(DateTimeOffset now)
    {
        if (_samples.Count < 2) return null;
        var first = _samples.Peek();
        var seconds = (now - first.Time).TotalSeconds;
        return seconds > 0 ? (_done - first.Done) / seconds : null;
    }
}
