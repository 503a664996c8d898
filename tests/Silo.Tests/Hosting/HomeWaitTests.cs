using AdaptCluster.Contracts;
using AdaptCluster.Silo.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace AdaptCluster.Silo.Tests.Hosting;

public sealed class HomeWaitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-home-").FullName;
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _said = [];
    private readonly TaskCompletionSource _spoke = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HomeWait _wait;

    public HomeWaitTests() => _wait = new HomeWait(_folder, SayAsync, _time);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_wait_that_is_noticed_is_explained_once_for_each_holder_and_ends_after_a_minute_of_one()
    {
        await PauseAsync(TimeSpan.FromSeconds(4));
        Assert.Empty(_said);
        await PauseAsync(TimeSpan.FromSeconds(50));
        await PauseAsync(TimeSpan.FromSeconds(1));
        Assert.Equal([$"waiting until another process releases {_folder}."], _said);

        HeldBy(7);
        await PauseAsync(TimeSpan.FromSeconds(4));
        await PauseAsync(TimeSpan.FromSeconds(1));
        HeldBy(8);
        await PauseAsync(TimeSpan.FromSeconds(4));
        await PauseAsync(TimeSpan.FromSeconds(57));

        Assert.Equal([$"waiting until process 7 releases {_folder}.", $"waiting until process 8 releases {_folder}."], _said[1..]);
        Assert.True(HomeLock.TryTake(_folder, out var held));
        using (held)
        {
            HeldBy(8);
            var refusal = await Assert.ThrowsAsync<AdaptClusterException>(() => PauseAsync(TimeSpan.Zero));
            Assert.Contains("is held by process 8, which is not responding", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_answer_that_takes_long_is_explained()
    {
        var answer = new TaskCompletionSource<int>();
        var waiting = _wait.AnswerAsync(new HomeHolder(7, 30000), answer.Task);

        _time.Advance(TimeSpan.FromSeconds(4));
        await _spoke.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        answer.SetResult(1);

        Assert.Equal(1, await waiting);
        Assert.Equal([$"waiting for an answer from process 7, which holds {_folder}."], _said);
    }

    private async Task PauseAsync(TimeSpan span)
    {
        var pause = _wait.PauseAsync(TestContext.Current.CancellationToken);
        _time.Advance(span);
        await pause;
    }

    private void HeldBy(int process) =>
        File.WriteAllText(Path.Combine(_folder, "silo.json"), $$"""{"processId": {{process}}}""");

    private Task SayAsync(string words)
    {
        _said.Add(words);
        _spoke.TrySetResult();
        return Task.CompletedTask;
    }
}
