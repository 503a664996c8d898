using AdaptCluster.Grains.Sweeps;
using Microsoft.Extensions.Time.Testing;

namespace AdaptCluster.Grains.Tests.Sweeps;

public sealed class SharedCallsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<int[]> _batches = [];
    private TaskCompletionSource _gate = new();

    [Fact]
    public async Task Calls_that_come_while_one_is_written_share_the_next_write_up_to_its_bound()
    {
        var calls = Calls();
        var first = calls.CallAsync(1);
        Task<string>[] others = [calls.CallAsync(20), calls.CallAsync(30), calls.CallAsync(60), calls.CallAsync(500), calls.CallAsync(2)];
        Open();

        Assert.Equal(["1", "20", "30", "60", "500", "2"], await Task.WhenAll([first, .. others]));
        Assert.Equal([[1], [20, 30], [60], [500], [2]], _batches);
    }

    [Fact]
    public async Task A_call_that_nobody_waits_for_any_more_costs_nothing()
    {
        var calls = Calls();
        var first = calls.CallAsync(1);
        var late = calls.CallAsync(2);
        _time.Advance(TimeSpan.FromSeconds(31));
        var fresh = calls.CallAsync(3);
        Open();

        await first;
        await Assert.ThrowsAsync<TimeoutException>(() => late);
        Assert.Equal("3", await fresh);
        Assert.Equal([[1], [3]], _batches);
    }

    [Fact]
    public async Task An_error_reaches_every_caller_of_its_batch_and_no_other()
    {
        var calls = Calls();
        var first = calls.CallAsync(1);
        var (bad, neighbour) = (calls.CallAsync(13), calls.CallAsync(4));
        Open();

        await first;
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
        await Assert.ThrowsAsync<InvalidOperationException>(() => neighbour);
        Assert.Equal("5", await calls.CallAsync(5));
    }

    private SharedCalls<int, string> Calls() => new(WriteAsync, call => call, most: 100, TimeSpan.FromSeconds(30), _time);

    private void Open() => Interlocked.Exchange(ref _gate, new TaskCompletionSource()).SetResult();

    private async Task<IReadOnlyList<string>> WriteAsync(IReadOnlyList<int> calls)
    {
        _batches.Add([.. calls]);
        if (calls[0] == 1) await _gate.Task;
        return calls.Contains(13) ? throw new InvalidOperationException("13") : [.. calls.Select(call => $"{call}")];
    }
}
