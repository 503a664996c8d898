using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using Orleans.Serialization;

namespace AdaptCluster.Client.Connection;

/// <summary>
/// The calls of a command that follows a sweep. On a cluster they are retried while silos or the store are unavailable, since other silos
/// take over and the store is expected to be repaired. In a home folder, a lost process means that the sweep has stopped.
/// </summary>
/// <param name="connection">The connection to the sweep.</param>
/// <param name="say">Receives, once per outage, what does not answer.</param>
internal sealed class FollowedCalls(SweepConnection connection, Func<string, Task> say)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5), Pause = TimeSpan.FromSeconds(1);
    private bool _said;

    /// <summary>Repeats a call until it succeeds.</summary>
    /// <param name="call">The call; it must be safe to repeat.</param>
    /// <param name="cancellation">Cancels the attempts.</param>
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
                if (!_said) await say($"{Words(e)}; this command waits for up to {Longest.TotalMinutes} minutes.");
                _said = true;
                await Task.Delay(Pause, cancellation);
            }
        }
    }

    private static bool Passes(Exception e) =>
        ConnectionLostException.Means(e) || e is AdaptClusterException { IsTransient: true } or SerializerException;

    private static string Words(Exception e) =>
        PrintableText.OneLine(e is AdaptClusterException ? e.Message : $"the silo does not answer ({e.Message.TrimEnd('.')})");
}
