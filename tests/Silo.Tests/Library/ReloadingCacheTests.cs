using AdaptCluster.Silo.Library;
using AdaptCluster.Training;

namespace AdaptCluster.Silo.Tests.Library;

public sealed class ReloadingCacheTests
{
    [Fact]
    public async Task All_who_wait_for_a_thing_hear_that_its_opening_gets_on()
    {
        var (opens, goesOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var cache = new ReloadingCache<string, string>
        {
            Describe = key => key,
            Stamp = _ => "",
            Fingerprint = value => value,
            IsStale = _ => false,
            Choose = (_, opened) => opened,
            Open = key =>
            {
                opens.SetResult();
                using var file = WorkProgress.Track(new MemoryStream(new byte[10]));
                while (!goesOn.Task.IsCompleted)
                {
                    if (file.Read(new byte[1]) == 0) Thread.Yield();
                }
                return key;
            },
        };
        var (opener, waiter) = (new Counter(), new Counter());
        var first = Task.Run(() => Kept(cache, opener), TestContext.Current.CancellationToken);
        await opens.Task;

        var second = Task.Run(() => Kept(cache, waiter), TestContext.Current.CancellationToken);
        await Task.WhenAll(opener.Moved, waiter.Moved);
        goesOn.SetResult();

        Assert.Same(await first, await second);
        Assert.Null(WorkProgress.Observer);
    }

    private static string Kept(ReloadingCache<string, string> cache, Counter counter)
    {
        using var observing = WorkProgress.Observe(counter.Move);
        return cache.GetOrOpen("a");
    }

    private sealed class Counter
    {
        private readonly TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Moved => _moved.Task;

        public void Move() => _moved.TrySetResult();
    }
}
