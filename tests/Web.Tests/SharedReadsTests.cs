using Microsoft.Extensions.Time.Testing;

namespace AdaptCluster.Web.Tests;

/// <summary>A hundred viewers cost the cluster what one does.</summary>
public sealed class SharedReadsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SharedReads _reads;
    private int _count;

    public SharedReadsTests() => _reads = new SharedReads(_time);

    [Fact]
    public async Task Many_who_ask_at_once_share_one_reading()
    {
        var gate = new TaskCompletionSource();
        var all = Enumerable.Range(0, 100).Select(_ => _reads.ReadAsync<string>("a", async _ =>
        {
            Interlocked.Increment(ref _count);
            await gate.Task;
            return "value";
        })).ToArray();
        gate.SetResult();

        Assert.All(await Task.WhenAll(all), value => Assert.Equal("value", value));
        Assert.Equal(1, _count);
    }

    [Fact]
    public async Task What_is_a_second_old_is_read_again_and_the_reading_is_given_what_there_was()
    {
        Assert.Equal("1 after ", await ReadAsync("a"));
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal("1 after ", await ReadAsync("a"));
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal("2 after 1 after ", await ReadAsync("a"));
        Assert.Equal("3 after ", await ReadAsync("b"));
    }

    [Fact]
    public async Task A_reading_that_takes_long_is_repeated_seldom()
    {
        await ReadAsync("a", takes: TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal("1 after ", await ReadAsync("a"));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("2 after 1 after ", await ReadAsync("a"));
    }

    [Fact]
    public async Task What_failed_is_tried_by_the_next_one()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => _reads.ReadAsync<string>("a", _ => throw new TimeoutException()));

        Assert.Equal("1 after ", await ReadAsync("a"));
    }

    [Fact]
    public async Task After_an_action_it_is_read_at_once_and_what_nobody_asks_for_is_forgotten()
    {
        await ReadAsync("a");
        _reads.Expire<string>("a");
        Assert.StartsWith("2", await ReadAsync("a"), StringComparison.Ordinal);
        Assert.NotNull(_reads.Last<string>("a"));
        Assert.Null(_reads.Last<int[]>("a"));

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(_reads.Last<string>("a"));
        await ReadAsync("b");
        Assert.Equal("4 after ", await ReadAsync("a"));
    }

    private Task<string> ReadAsync(string key, TimeSpan takes = default) => _reads.ReadAsync<string>(key, before =>
    {
        _time.Advance(takes);
        return Task.FromResult($"{++_count} after {before}");
    });
}
