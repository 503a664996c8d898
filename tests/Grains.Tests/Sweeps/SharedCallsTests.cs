using AdaptCluster.Grains.Sweeps;
using Microsoft.Extensions.Time.Testing;

namespace AdaptCluster.Grains.Tests.Sweeps;

public sealed class SharedCallsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly List<int[]> _batches = [];
    private TaskCompletionSource _gate = new();
    private int _tooMuch = int.MaxValue;
    private bool _isWrittenLate;

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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task What_a_slow_store_cannot_write_in_time_gets_through_in_parts_and_batches_grow_again_afterwards(bool isWrittenLate) =>
        OnOneSchedulerAsync(async () =>
    {
        (_tooMuch, _isWrittenLate) = (30, isWrittenLate);
        var calls = Calls();
        var first = calls.CallAsync(1);
        var all = Task.WhenAll(Enumerable.Repeat(10, 16).Select(call => RepeatAsync(calls, call)));
        Open();
        await first;
        await all;
        Assert.Contains(_batches, batch => batch.Sum() > 30);
        Assert.Contains(_batches, batch => batch.Sum() is > 10 and <= 30);

        _tooMuch = int.MaxValue;
        _batches.Clear();
        for (var round = 0; round < 5; round++) await Task.WhenAll(Enumerable.Repeat(10, 16).Select(call => RepeatAsync(calls, call)));
        Assert.Contains(_batches, batch => batch.Sum() == 100);
    });

    /// <summary>As a grain's calls run: one at a time.</summary>
    private static Task OnOneSchedulerAsync(Func<Task> body) =>
        Task.Factory.StartNew(body, TestContext.Current.CancellationToken, TaskCreationOptions.None,
            new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap()
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    /// <summary>As a worker does, whose calls are safe to repeat: it does not hear an answer that comes too late.</summary>
    private async Task<string> RepeatAsync(SharedCalls<int, string> calls, int call)
    {
        while (true)
        {
            var began = _time.GetTimestamp();
            try
            {
                var answer = await calls.CallAsync(call);
                if (_time.GetElapsedTime(began) <= Patience) return answer;
            }
            catch (TimeoutException)
            {
                // Repeated.
            }
        }
    }

    private SharedCalls<int, string> Calls() => new(WriteAsync, call => call, most: 100, Patience, _time);

    private void Open() => Interlocked.Exchange(ref _gate, new TaskCompletionSource()).SetResult();

    private async Task<IReadOnlyList<string>> WriteAsync(IReadOnlyList<int> calls)
    {
        _batches.Add([.. calls]);
        if (calls[0] == 1) await _gate.Task;
        await Task.Yield();
        // Its callers have given up by then; what was written is not heard of.
        if (calls.Sum() > _tooMuch && _isWrittenLate) _time.Advance(TimeSpan.FromSeconds(31));
        else if (calls.Sum() > _tooMuch) throw new TimeoutException("The store took too long.");
        return calls.Contains(13) ? throw new InvalidOperationException("13") : [.. calls.Select(call => $"{call}")];
    }
}
