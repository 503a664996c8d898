using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Output;

/// <summary>
/// Ends a command if its own process is the only one that could run its sweep and cannot: nobody else will fix that while the command
/// waits. On a cluster the obstacle is shown and waited for.
/// </summary>
/// <param name="isAlone">Whether the sweep runs in this process.</param>
/// <param name="time">The clock.</param>
internal sealed class PersistentObstacle(bool isAlone, TimeProvider time)
{
    /// <summary>How long an obstacle may last: longer than retry delays and a first quarantine, which pass by themselves.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private long? _since;

    /// <summary>Checks a status.</summary>
    /// <exception cref="AdaptClusterException">The sweep has made no progress for a quarter of an hour; the message says why.</exception>
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
                $"{status.Summary.Id} makes no progress: {obstacle.TrimEnd('.')}. Fix this, then run the same command again to "
                + "resume.");
    }
}
