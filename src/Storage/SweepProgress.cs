using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Lifecycle;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage;

/// <summary>
/// Tracks a sweep's job counts and speed. Its memory use does not grow with the number of jobs. The speed is an average over a sliding
/// window, so that it adapts when workers join or leave.
/// </summary>
internal sealed class SweepProgress
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private readonly Queue<(DateTimeOffset Time, long Done, double Left, string Worker, long Iterations)> _samples = new();
    private readonly int[] _jobs = new int[Enum.GetValues<JobState>().Length];
    private readonly PlannedWork _work;
    private readonly int _cached;
    private long _done;
    private long _givenUp;

    // Iterations of completed jobs that did not need to be trained, because the jobs only evaluated prompts that were already trained.
    private long _unneeded;

    // MACs of the remaining epochs of queued and running jobs, from which the remaining time is estimated.
    private double _left;

    /// <summary>Initializes a sweep's progress from the counts in the store.</summary>
    public SweepProgress(PlannedWork work, IEnumerable<GroupCount> counts)
    {
        _work = work;
        foreach (var count in counts)
        {
            _jobs[(int)count.State] += count.Jobs;
            _cached += count.Cached;
            var group = work.Groups[count.Group];
            _done += EpochIterations(group) * count.Epochs;
            if (count.State is JobState.Queued or JobState.Running)
                _left += EpochCost(group) * ((group.Epochs * count.Jobs) - count.Epochs);
            _unneeded += (long)group.Iterations * count.Evaluated;
            if (count.State is JobState.Failed or JobState.Cancelled)
                _givenUp += (long)group.Iterations * count.Jobs - EpochIterations(group) * count.Epochs;
        }
    }

    /// <summary>Returns the number of jobs in a state.</summary>
    public int Count(JobState state) => _jobs[(int)state];

    /// <summary>The number of queued and running jobs.</summary>
    public int Open => Count(JobState.Queued) + Count(JobState.Running);

    /// <summary>The number of jobs that reused earlier results.</summary>
    public int Cached => _cached;

    /// <summary>The current progress and speed.</summary>
    public SweepPace Pace => _samples.TryPeek(out var first) && _samples.Count > 1
        ? new(Iterations, _done, _givenUp, first.Time, first.Done, new(_left, first.Left - _left))
        : new(Iterations, _done, _givenUp, null, 0);

    /// <summary>The number of iterations in all jobs, except iterations that turned out not to be needed.</summary>
    private long Iterations => _work.Iterations - _unneeded;

    /// <summary>Records that jobs changed state.</summary>
    /// <exception cref="InvalidOperationException">
    /// There are fewer jobs in the first state than should be moved. The counts in memory therefore differ from the counts in the store and
    /// must be reloaded.
    /// </exception>
    public void Move(JobState from, JobState to, int jobs = 1)
    {
        if (_jobs[(int)from] < jobs)
            throw new InvalidOperationException($"{jobs} jobs leave the state {from}, but only {_jobs[(int)from]} are in it.");
        _jobs[(int)from] -= jobs;
        _jobs[(int)to] += jobs;
    }

    /// <summary>Records that a job failed, so that the rest of its work no longer counts as remaining work.</summary>
    public void GiveUp(JobPosition position, int epoch)
    {
        var group = _work.Group(position);
        _givenUp += group.Iterations - EpochIterations(group) * epoch;
        Drop(EpochCost(group) * (group.Epochs - epoch));
    }

    /// <summary>Records that a job only evaluated trained prompts, so that its iterations do not count as work.</summary>
    public void Skip(JobPosition position, int epoch)
    {
        var group = _work.Group(position);
        _unneeded += group.Iterations;
        Drop(EpochCost(group) * (group.Epochs - epoch));
    }

    /// <summary>
    /// Records that epochs of a job must be trained again. Speed measurement restarts, because the workers have not slowed down.
    /// </summary>
    public void Forget(JobPosition position, int epochs)
    {
        var group = _work.Group(position);
        _done -= EpochIterations(group) * epochs;
        _left += EpochCost(group) * epochs;
        _samples.Clear();
    }

    /// <summary>Records a reported epoch.</summary>
    /// <param name="position">The job.</param>
    /// <param name="now">The current time.</param>
    /// <param name="worker">The worker that trained the epoch; empty if unknown.</param>
    public void Add(JobPosition position, DateTimeOffset now, string worker = "")
    {
        if (_samples.Count == 0) _samples.Enqueue((now, _done, _left, "", 0));
        var group = _work.Group(position);
        _done += EpochIterations(group);
        _left -= EpochCost(group);
        _samples.Enqueue((now, _done, _left, worker, EpochIterations(group)));
        while (_samples.Count > 2 && now - _samples.Peek().Time > Window) _samples.Dequeue();
    }

    /// <summary>Returns the sweep's status.</summary>
    public SweepStatus Status(SweepEntity sweep, IEnumerable<JobStatus> running, IEnumerable<JobStatus> failed, DateTimeOffset now)
    {
        var (pace, runs) = (Pace, sweep.State == SweepState.Running);
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
                    Total = sweep.TotalJobs,
                    Completed = Count(JobState.Completed),
                    Failed = Count(JobState.Failed),
                    Cached = _cached,
                },
                SubmittedBy = sweep.SubmittedBy,
                Note = sweep.Note,
                Tags = SweepEntity.TagsOf(sweep.Tags),
                Ended = sweep.State.HasEnded && sweep.EndedMs is { } ended ? Rows.At(ended) : null,
            },
            Iterations = Iterations,
            IterationsDone = _done,
            IterationsPerSecond = runs ? pace.PerSecond(now) : null,
            Paces = runs ? Paces(pace.PerSecond(now)) : [],
            Remaining = runs ? pace.Remaining(now) : null,
            Running = [.. running.Take(SweepStatus.MaxListed)],
            Failed = [.. failed.Take(SweepStatus.MaxListed)],
            Priority = sweep.Priority,
            Parallel = sweep.Parallel,
            Pool = sweep.Pool,
            RunningJobs = Count(JobState.Running),
        };
    }

    /// <summary>Divides the speed among the workers in proportion to their reported iterations.</summary>
    private WorkerPace[] Paces(double? rate)
    {
        // The first sample only marks the start of the window.
        var counted = _samples.Skip(1).GroupBy(sample => sample.Worker, sample => sample.Iterations)
            .Select(worker => (Worker: worker.Key, Iterations: worker.Sum())).ToArray();
        var all = counted.Sum(worker => worker.Iterations);
        return rate is not { } known || all == 0 ? []
            : [.. counted.OrderBy(worker => worker.Worker, StringComparer.Ordinal)
                .Select(worker => new WorkerPace(worker.Worker, known * worker.Iterations / all))];
    }

    /// <summary>Removes work that will not be done, without counting it towards the workers' speed.</summary>
    private void Drop(double cost)
    {
        _left -= cost;
        for (var samples = _samples.Count; samples > 0; samples--)
        {
            var sample = _samples.Dequeue();
            _samples.Enqueue(sample with { Left = sample.Left - cost });
        }
    }

    /// <summary>
    /// Returns the number of MACs for one epoch; 0 in plans of older versions, for which the remaining time is estimated from iterations.
    /// </summary>
    private static double EpochCost(GroupWork group) => group.Epochs > 0 ? group.Cost / group.Epochs : 0;

    private static long EpochIterations(GroupWork group) => group.Epochs > 0 ? (long)group.Iterations / group.Epochs : 0;
}
