namespace AdaptCluster.Sweeps.Lifecycle;

/// <summary>A sweep's progress and speed.</summary>
/// <param name="Total">The number of iterations of all its jobs.</param>
/// <param name="Done">The number of iterations in the epochs reported so far.</param>
/// <param name="GivenUp">The number of iterations left of failed jobs.</param>
/// <param name="Since">The start of the window over which the speed is measured; null before the first report.</param>
/// <param name="DoneThen">The number of iterations done at the start of the window.</param>
/// <param name="Cost">The same in computation, because one job's iteration can take many times as long as another's; null if the plan does
/// not have it.</param>
public readonly record struct SweepPace(long Total, long Done, long GivenUp, DateTimeOffset? Since, long DoneThen,
    SweepPace.Computation? Cost = null)
{
    /// <summary>The shortest window that gives a meaningful rate.</summary>
    private const double LeastSeconds = 2;

    /// <summary>Returns the iterations per second; null if not known yet.</summary>
    public double? PerSecond(DateTimeOffset now) => (now - Since)?.TotalSeconds is >= LeastSeconds and var seconds
        ? (Done - DoneThen) / seconds : null;

    /// <summary>Returns the time to the end at the current speed; null if not known yet.</summary>
    public TimeSpan? Remaining(DateTimeOffset now)
    {
        if (PerSecond(now) is not (> 0 and var rate)) return null;
        if (Cost is not { Spent: > 0 } cost) return TimeSpan.FromSeconds(Math.Max(0, Total - Done - GivenUp) / rate);
        return TimeSpan.FromSeconds(Math.Max(0, cost.Left) * (now - Since)!.Value.TotalSeconds / cost.Spent);
    }

    /// <summary>Work in MACs, as estimated by the planner.</summary>
    /// <param name="Left">The work of the jobs that wait or train.</param>
    /// <param name="Spent">The work done within the window of the speed.</param>
    public readonly record struct Computation(double Left, double Spent);
}
