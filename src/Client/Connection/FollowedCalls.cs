using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using Orleans.Serialization;

namespace AdaptCluster.Client.Connection;

/// <summary>
/// Makes the grain calls for a command that follows a sweep. On a cluster, calls are retried while silos or the store are unavailable:
/// other silos take over, and the store is expected to recover. In a home folder, calls are not retried, because the sweep stops when its
/// process is lost.
/// </summary>
/// <param name="connection">The connection to the sweep.</param>
/// <param name="say">A callback that receives one message per outage, with its cause.</param>
internal sealed class FollowedCalls(SweepConnection connection, Func<string, Task> say)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5), Pause = TimeSpan.FromSeconds(1);
    private bool _said;

    /// <summary>Repeats a call until it succeeds.</summary>
    /// <param name="call">The call; it must be safe to repeat.</param>
    /// <param name="cancellation">A token that cancels the attempts.</param>
    /// <exception cref="Exception">The last error, if it is not transient or the outage lasts for five minutes.</exception>
    public async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellation)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                var answer = await call();
                _said = false;
                return answer;
            }
            catch (Exception e) when (connection.Clustered && Passes(e) && TimeProvider.System.GetElapsedTime(started) < Longest)
            {
                if (!_said) await say($"{Words(e)}; retrying for up to {Longest.TotalMinutes} minutes.");
                _said = true;
                await Task.Delay(Pause, cancellation);
            }
        }
    }

    private static bool Passes(Exception e) =>
        ConnectionLostException.Means(e) || e is AdaptClusterException { IsTransient: true } or SerializerException;

    private static string Words(Exception e) =>
        PrintableText.OneLine(e is AdaptClusterException ? e.Message : $"the silo does not respond ({e.Message.TrimEnd('.')})");
}
