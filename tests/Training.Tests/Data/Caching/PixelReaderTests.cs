using AdaptCluster.Training.Data.Caching;

namespace AdaptCluster.Training.Tests.Data.Caching;

/// <summary>Batches are prepared ahead on threads of their own and come in order.</summary>
public sealed class PixelReaderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Batches_come_in_order_whichever_image_is_ready_first(int threads)
    {
        using var reader = Reader(threads, [[5, 3], [4, 1], [0]], index => Thread.SpinWait(index * 20_000));
        foreach (var expected in (int[][])[[5, 3], [4, 1], [0]])
        {
            var (indices, pixels) = reader.Next()!.Value;
            Assert.Equal(expected, indices);
            Assert.Equal(expected.SelectMany(index => (byte[])[(byte)index, (byte)(index + 100)]), pixels.ToArray());
        }
        Assert.Null(reader.Next());
        Assert.Null(reader.Next());
    }

    [Fact]
    public void The_next_two_batches_are_prepared_while_the_caller_works_and_no_more()
    {
        var prepared = new List<int>();
        using var ready = new SemaphoreSlim(0);
        using var reader = Reader(2, Enumerable.Range(0, 10).Select(i => (int[])[i]), index =>
        {
            lock (prepared) prepared.Add(index);
            ready.Release();
        });
        reader.Next();
        for (var i = 0; i < 3; i++) Assert.True(ready.Wait(Patience, TestContext.Current.CancellationToken));
        Assert.False(ready.Wait(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken));
        Assert.Equal([0, 1, 2], prepared.Order());
    }

    [Fact]
    public void The_first_error_in_the_order_of_the_images_is_thrown()
    {
        using var late = new ManualResetEventSlim();
        using var reader = Reader(4, [[0, 1], [2, 3, 4]], index =>
        {
            if (index == 4) late.Set();
            if (index == 3) late.Wait(Patience, TestContext.Current.CancellationToken);
            if (index >= 3) throw new InvalidDataException($"{index} is damaged.");
        });
        Assert.Equal([0, 1], reader.Next()!.Value.Indices);
        Assert.Equal("3 is damaged.", Assert.Throws<InvalidDataException>(() => reader.Next()).Message);
    }

    [Fact]
    public void Nobody_works_for_a_reader_any_more_that_is_disposed()
    {
        var (started, running) = (0, 0);
        using var first = new ManualResetEventSlim();
        var reader = Reader(2, [[.. Enumerable.Range(0, 100)], [.. Enumerable.Range(100, 100)]], _ =>
        {
            Interlocked.Increment(ref started);
            Interlocked.Increment(ref running);
            first.Set();
            Thread.SpinWait(200_000);
            Interlocked.Decrement(ref running);
        });
        first.Wait(Patience, TestContext.Current.CancellationToken);
        reader.Dispose();
        Assert.Equal(0, running);
        Assert.InRange(started, 1, 199);
        var then = started;
        Thread.SpinWait(2_000_000);
        Assert.Equal(then, started);
    }

    [Fact]
    public void A_cancellation_ends_the_work_before_the_next_image()
    {
        using var source = new CancellationTokenSource();
        using var reader = Reader(1, [[0, 1, 2, 3]], index =>
        {
            if (index == 1) source.Cancel();
            Assert.InRange(index, 0, 1);
        }, source);
        Assert.Throws<OperationCanceledException>(() => reader.Next());
    }

    [Fact]
    public void Threads_are_no_more_than_they_may_be_and_end_when_there_is_nothing_to_do()
    {
        var threads = new ImageThreads(3);
        var (now, most) = (0, 0);
        using var done = new CountdownEvent(30);
        for (var i = 0; i < 30; i++)
        {
            threads.Add(() =>
            {
                var here = Interlocked.Increment(ref now);
                for (var seen = most; here > seen; seen = most) Interlocked.CompareExchange(ref most, here, seen);
                Thread.SpinWait(100_000);
                Interlocked.Decrement(ref now);
                done.Signal();
            });
        }
        Assert.True(done.Wait(Patience, TestContext.Current.CancellationToken));
        Assert.InRange(most, 1, 3);
        Assert.True(SpinWait.SpinUntil(() => threads.Count == 0, Patience));
        // And come back.
        using var again = new ManualResetEventSlim();
        threads.Add(again.Set);
        Assert.True(again.Wait(Patience, TestContext.Current.CancellationToken));
    }

    private static PixelReader Reader(
        int threads, IEnumerable<int[]> batches, Action<int> onImage, CancellationTokenSource? cancels = null) =>
        new(new ImageThreads(threads), batches, imageBytes: 2, (index, pixels) =>
        {
            onImage(index);
            (pixels[0], pixels[1]) = ((byte)index, (byte)(index + 100));
        }, cancels?.Token ?? CancellationToken.None);
}
