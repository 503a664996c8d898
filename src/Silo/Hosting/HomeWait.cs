using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Hosting;

/// <summary>Waits for a home folder that another process holds or reads. The time limit starts again with each new holder.</summary>
/// <param name="home">The folder.</param>
/// <param name="say"> Receives a message about what the process is waiting for, once per holder and only if the wait is long enough to
/// notice. </param>
/// <param name="time">The clock.</param>
public sealed class HomeWait(string home, Func<string, Task> say, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1), Noticed = TimeSpan.FromSeconds(3),
        Poll = TimeSpan.FromMilliseconds(100);
    private long _since = time.GetTimestamp();
    private int? _holder;
    private bool _said;

    /// <summary>Waits briefly before the caller tries again.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="AdaptClusterException"> One process has held the home folder for a minute without releasing it or responding.
    /// </exception>
    public async Task PauseAsync(CancellationToken cancellation)
    {
        if (HomeLock.Holder(home)?.ProcessId is { } holder && holder != _holder)
            (_holder, _since, _said) = (holder, time.GetTimestamp(), false);
        var waited = time.GetElapsedTime(_since);
        if (waited > Longest) throw new AdaptClusterException(Reason());
        if (waited > Noticed) await ReportAsync($"until {Holder} releases {home}");
        await Task.Delay(Poll, time, cancellation);
    }

    /// <summary>Waits for the holder's response.</summary>
    /// <param name="holder">The holder.</param>
    /// <param name="answer">The response to wait for.</param>
    public async Task<T> AnswerAsync<T>(HomeHolder holder, Task<T> answer)
    {
        if (await Task.WhenAny(answer, Task.Delay(Noticed, time)) != answer)
            await ReportAsync($"for an answer from process {holder.ProcessId}, which holds {home}");
        return await answer;
    }

    private string Holder => _holder is { } process ? $"process {process}" : "another process";

    private async Task ReportAsync(string what)
    {
        if (_said) return;
        _said = true;
        await say($"waiting {what}.");
    }

    private string Reason()
    {
        if (HomeLock.TryShare(home, out var shared))
        {
            shared.Dispose();
            return $"{home} is being read by other commands, such as one whose output is open in a pager; stop them, "
                + "or set ADAPTCLUSTER_HOME to another folder.";
        }
        return $"{home} is held by {Holder}, which is not responding; wait for it to exit, stop it, or set ADAPTCLUSTER_HOME "
            + "to another folder.";
    }
}
