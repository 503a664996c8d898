namespace AdaptCluster.Sweeps.Lifecycle;

/// <summary>A sweep's progress and speed.</summary>
/// <param name="Total">The total number of iterations of the sweep's jobs.</param>
/// <param name="Done">The number of iterations in the epochs reported so far.</param>
/// <param name="GivenUp">The number of iterations that failed and cancelled jobs did not complete.</param>
/// <param name="Since">The start of the window over which the speed is measured; null before the first report.</param>
/// <param name="DoneThen">The number of iterations done at the start of the window.</param>
/// <param name="Cost">The remaining and completed computation; null before the first report. It is needed because the duration of an
/// iteration differs widely between jobs.</param>
public readonly record struct SweepPace(long Total, long Done, long GivenUp, DateTimeOffset? Since, long DoneThen,
    SweepPace.Computation? Cost = null)
{
    /// <summary>The minimum duration of the window, in seconds, for a meaningful rate.</summary>
    private const double LeastSeconds = 2;

    /// <summary>Returns the number of iterations per second; null if it is not known yet.</summary>
    public double? PerSecond(DateTimeOffset now) => (now - Since)?.TotalSeconds is >= LeastSeconds and var seconds
        ? (Done - DoneThen) / seconds : null;

    /// <summary>Returns the estimated time remaining at the current speed; null if it is not known yet.</summary>
    public TimeSpan? Remaining(DateTimeOffset now)
    {
        if (PerSecond(now) is not (> 0 and var rate)) return null;
        if (Cost is not { Spent: > 0 } cost) return TimeSpan.FromSeconds(Math.Max(0, Total - Done - GivenUp) / rate);
        return TimeSpan.FromSeconds(Math.Max(0, cost.Left) * (now - Since)!.Value.TotalSeconds / cost.Spent);
    }

    /// <summary>Work in MACs, as estimated by the planner.</summary>
    /// <param name="Left">The remaining work of the jobs that are waiting or training.</param>
    /// <param name="Spent">The work completed within the window over which the speed is measured.</param>
    public readonly record struct Computation(double Left, double Spent);
}
