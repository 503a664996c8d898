using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Output;

/// <summary>
/// Ends a command whose own process is all that could run its sweep and cannot: nobody else will mend it while the command waits. On a
/// cluster the obstacle is shown and waited for.
/// </summary>
/// <param name="isAlone">Whether the sweep runs in this process.</param>
/// <param name="time">The clock.</param>
internal sealed class StandingObstacle(bool isAlone, TimeProvider time)
{
    /// <summary>Longer than the pauses between tries and than a first quarantine, which pass by themselves.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private long? _since;

    /// <summary>Looks at a status.</summary>
    /// <exception cref="AdaptClusterException">The sweep has not got on for a quarter of an hour, and why.</exception>
    public void Check(SweepStatus status)
    {
        if (!isAlone || status.Obstacle is not { } obstacle)
        {
            _since = null;
            return;
        }
        _since ??= time.GetTimestamp();
        if (time.GetElapsedTime(_since.Value) >= Patience)
            throw new AdaptClusterException(
                $"{status.Summary.Id} does not get on: {obstacle.TrimEnd('.')}. Mend it and run the same command again; it "
                + "goes on where it stopped.");
    }
}
