using System.Net.Sockets;
using AdaptCluster.Contracts;
using Orleans.Serialization;

namespace AdaptCluster.Silo.Workers;

/// <summary>
/// Retries calls to grains while the store or the network is unavailable. Delays grow up to ten seconds, with random jitter so that workers
/// do not all retry at once.
/// </summary>
/// <param name="limit">
/// The maximum number of attempts; null to retry forever, as in a cluster, where the store is expected to be repaired.
/// </param>
/// <param name="time">The clock.</param>
internal sealed class RetryPolicy(int? limit, TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200), Longest = TimeSpan.FromSeconds(10);

    /// <summary>The maximum number of further attempts while the silo is stopping.</summary>
    private const int WhenStopping = 3;

    /// <summary>Runs a call until it succeeds.</summary>
    /// <param name="call">The call. It may be repeated even though an earlier attempt has taken effect.</param>
    /// <param name="onFault">Receives each error except the last, and the delay before the next attempt.</param>
    /// <param name="stopping">When cancelled, leaves only a few more attempts.</param>
    /// <param name="gives">Whether to give up on a transient error; null to retry every transient error.</param>
    /// <exception cref="Exception">The last error, if it is not transient or no attempts are left.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> call, Action<Exception, TimeSpan> onFault, CancellationToken stopping,
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
                var pause = Jitter.Of(First * Math.Min(Math.Pow(2, attempt - 1), Longest / First));
                onFault(e, pause);
                await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                // The delay ends at once when the silo stops, so its last calls get a short delay between them.
                if (stopping.IsCancellationRequested) await Task.Delay(First, time, CancellationToken.None);
            }
        }
    }

    /// <summary>
    /// Whether the same call may succeed later. An unreadable response does not show whether the call took effect, so it is treated as
    /// transient.
    /// </summary>
    /// <remarks>The worker cannot cancel these calls, so a cancelled call was aborted by a silo that is shutting down.</remarks>
    public static bool IsTransient(Exception e) =>
        e is AdaptClusterException { IsTransient: true } or TimeoutException or OrleansException or SerializerException or SocketException
            or OperationCanceledException;
}
