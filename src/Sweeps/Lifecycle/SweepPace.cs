namespace AdaptCluster.Sweeps.Lifecycle;

/// <summary>How far a sweep is and how fast it goes.</summary>
/// <param name="Total">Iterations of all its jobs.</param>
/// <param name="Done">Iterations of the epochs that were reported.</param>
/// <param name="GivenUp">Iterations that are left of jobs that were given up.</param>
/// <param name="Since">When the window of its speed begins; null before the first report.</param>
/// <param name="DoneThen">Iterations that were done by then.</param>
/// <param name="Cost">The same in computation, since an iteration of one job may take many times as long as another's; null where the plan
/// does not have it.</param>
public readonly record struct SweepPace(long Total, long Done, long GivenUp, DateTimeOffset? Since, long DoneThen,
    SweepPace.Computation? Cost = null)
{
    /// <summary>A rate over less time says nothing.</summary>
    private const double LeastSeconds = 2;

    /// <summary>Iterations in a second; null while nobody can know.</summary>
    public double? PerSecond(DateTimeOffset now) => (now - Since)?.TotalSeconds is >= LeastSeconds and var seconds
        ? (Done - DoneThen) / seconds : null;

    /// <summary>Time to the end at the present speed; null while nobody can know.</summary>
    public TimeSpan? Remaining(DateTimeOffset now)
    {
        if (PerSecond(now) is not (> 0 and var rate)) return null;
        if (Cost is not { Spent: > 0 } cost) return TimeSpan.FromSeconds(Math.Max(0, Total - Done - GivenUp) / rate);
        return TimeSpan.FromSeconds(Math.Max(0, cost.Left) * (now - Since)!.Value.TotalSeconds / cost.Spent);
    }

    /// <summary>Work in multiply-adds, as the planner estimates it.</summary>
    /// <param name="Left">Of the jobs that wait or train.</param>
    /// <param name="Spent">In the window of the speed.</param>
    public readonly record struct Computation(double Left, double Spent);
}
