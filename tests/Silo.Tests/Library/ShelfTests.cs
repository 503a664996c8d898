using AdaptCluster.Silo.Library;
using AdaptCluster.Training;

namespace AdaptCluster.Silo.Tests.Library;

public sealed class ShelfTests
{
    [Fact]
    public async Task All_who_wait_for_a_thing_hear_that_its_opening_gets_on()
    {
        var (opens, goesOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var shelf = new Shelf<string, string>
        {
            Describe = key => key,
            Stamp = _ => "",
            Fingerprint = value => value,
            IsStale = _ => false,
            Choose = (_, opened) => opened,
            Open = key =>
            {
                opens.SetResult();
                using var file = LongWork.Reading(new MemoryStream(new byte[10]));
                while (!goesOn.Task.IsCompleted)
                {
                    if (file.Read(new byte[1]) == 0) Thread.Yield();
                }
                return key;
            },
        };
        var (opener, waiter) = (new Counter(), new Counter());
        var first = Task.Run(() => Kept(shelf, opener), TestContext.Current.CancellationToken);
        await opens.Task;

        var second = Task.Run(() => Kept(shelf, waiter), TestContext.Current.CancellationToken);
        await Task.WhenAll(opener.Moved, waiter.Moved);
        goesOn.SetResult();

        Assert.Same(await first, await second);
        Assert.Null(LongWork.Watching);
    }

    private static string Kept(Shelf<string, string> shelf, Counter counter)
    {
        using var watched = LongWork.Watch(counter.Move);
        return shelf.Kept("a");
    }

    private sealed class Counter
    {
        private readonly TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Moved => _moved.Task;

        public void Move() => _moved.TrySetResult();
    }
}
