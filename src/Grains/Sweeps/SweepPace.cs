namespace AdaptCluster.Grains.Sweeps;

/// <summary>How far a sweep is and how fast it goes.</summary>
/// <param name="Total">Iterations of all its jobs.</param>
/// <param name="Done">Iterations of the epochs that were reported.</param>
/// <param name="GivenUp">Iterations that are left of jobs that were given up.</param>
/// <param name="Since">When the window of its speed begins; null before the first report.</param>
/// <param name="DoneThen">Iterations that were done by then.</param>
internal readonly record struct SweepPace(long Total, long Done, long GivenUp, DateTimeOffset? Since, long DoneThen)
{
    /// <summary>A rate over less time says nothing.</summary>
    private const double LeastSeconds = 2;

    /// <summary>Iterations in a second; null while nobody can know.</summary>
    public double? PerSecond(DateTimeOffset now) => (now - Since)?.TotalSeconds is >= LeastSeconds and var seconds ? (Done - DoneThen) / seconds : null;

    /// <summary>Time to the end at the present speed; null while nobody can know.</summary>
    public TimeSpan? Remaining(DateTimeOffset now) => PerSecond(now) is > 0 and var rate ? TimeSpan.FromSeconds(Math.Max(0, Total - Done - GivenUp) / rate) : null;
}
