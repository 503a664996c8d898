using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Hosting;

/// <summary>
/// Waits for a home folder that another process holds, or that others read. While holders come and go, each of them has its time.
/// </summary>
/// <param name="home">The folder.</param>
public sealed class HomeWait(string home)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1), Poll = TimeSpan.FromMilliseconds(100);
    private long _since = TimeProvider.System.GetTimestamp();
    private int? _holder;

    /// <summary>Waits a moment before the caller tries again.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="AdaptClusterException">One process has held the home for a minute without leaving or answering.</exception>
    public async Task PauseAsync(CancellationToken cancellation)
    {
        if (HomeLock.Holder(home)?.ProcessId is { } holder && holder != _holder)
            (_holder, _since) = (holder, TimeProvider.System.GetTimestamp());
        if (TimeProvider.System.GetElapsedTime(_since) > Longest)
            throw new AdaptClusterException(Reason());
        await Task.Delay(Poll, cancellation);
    }

    private string Reason()
    {
        if (HomeLock.TryShare(home, out var shared))
        {
            shared.Dispose();
            return $"{home} is being read by other commands, such as one whose output waits in a pager; end them, "
                + "or name another folder by ADAPTCLUSTER_HOME.";
        }
        return $"{home} is held by {(_holder is { } process ? $"process {process}" : "another process")}, which does not answer; wait "
            + "until it ends, end it, or name another folder by ADAPTCLUSTER_HOME.";
    }
}
