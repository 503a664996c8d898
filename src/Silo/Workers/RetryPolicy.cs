using System.Net.Sockets;
using AdaptCluster.Contracts;
using Orleans.Serialization;

namespace AdaptCluster.Silo.Workers;

/// <summary>
/// Repeats calls to grains while the store or the network is away: pauses grow to ten seconds, each shortened at random, so that workers do
/// not come back all at once.
/// </summary>
/// <param name="limit">Attempts before an error is given up on; null to wait for ever, as on a cluster, where somebody will mend
/// it.</param>
/// <param name="time">The clock.</param>
internal sealed class RetryPolicy(int? limit, TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200), Longest = TimeSpan.FromSeconds(10);

    /// <summary>Attempts that a silo which stops has time for.</summary>
    private const int WhenStopping = 3;

    /// <summary>Runs a call until it succeeds.</summary>
    /// <param name="call">The call; may run again although an earlier one has had its effect.</param>
    /// <param name="onFault">Hears of each error that is not the last.</param>
    /// <param name="stopping">Few attempts are left once it is cancelled.</param>
    /// <param name="gives">Whether an error that may pass is given up on all the same; null for never.</param>
    /// <exception cref="Exception">The last error, when it is not transient or the attempts are used up.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> call, Action<Exception> onFault, CancellationToken stopping,
        Func<Exception, bool>? gives = null)
    {
        var sinceStop = 0;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (IsTransient(e) && !(attempt >= limit) && gives?.Invoke(e) != true
                && (!stopping.IsCancellationRequested || ++sinceStop < WhenStopping))
            {
                onFault(e);
                var pause = Jitter.Of(First * Math.Min(Math.Pow(2, attempt - 1), Longest / First));
                await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                // The delay ends at once when the silo stops; the calls of its last moments still need a pause between them.
                if (stopping.IsCancellationRequested) await Task.Delay(First, time, CancellationToken.None);
            }
        }
    }

    /// <summary>
    /// Whether the same call may succeed later. An answer that cannot be read says nothing of the call, so it counts as passing too.
    /// </summary>
    /// <remarks>
    /// No call here can be cancelled by the worker, so one that was cancelled was broken off by the silo that leaves there.
    /// </remarks>
    public static bool IsTransient(Exception e) =>
        e is AdaptClusterException { IsTransient: true } or TimeoutException or OrleansException or SerializerException or SocketException
            or OperationCanceledException;
}
