using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Output;

/// <summary>
/// Ends a command if the sweep can run only in the command's own process, and that process is unable to run it. Waiting would not help,
/// since no other process will run the sweep. On a cluster, the command shows the obstacle and continues to wait.
/// </summary>
/// <param name="isAlone">Whether the sweep runs in this process.</param>
/// <param name="time">The clock.</param>
internal sealed class PersistentObstacle(bool isAlone, TimeProvider time)
{
    /// <summary>
    /// The time for which an obstacle is tolerated. It is longer than retry delays and a first quarantine, which end on their own.
    /// </summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private long? _since;

    /// <summary>Checks a status.</summary>
    /// <exception cref="AdaptClusterException">The sweep has made no progress for 15 minutes; the message gives the reason.</exception>
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
