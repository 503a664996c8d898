using AdaptCluster.Contracts;
using AdaptCluster.Grains.Sweeps;
using Microsoft.Extensions.Time.Testing;

namespace AdaptCluster.Grains.Tests.Sweeps;

public sealed class PlanningQueueTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly PlanningQueue _queue;
    private readonly ManualResetEventSlim _gate = new();
    private readonly List<string> _order = [];

    public PlanningQueueTests() => _queue = new PlanningQueue(_time);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task Users_take_turns_however_many_plans_one_of_them_has()
    {
        Task[] plans = [PlanAsync("ada", "a1"), PlanAsync("ada", "a2"), PlanAsync("ada", "a3"), PlanAsync("bob", "b1"),
            PlanAsync("eve", "e1"), PlanAsync("bob", "b2")];
        _gate.Set();
        await Task.WhenAll(plans);

        Assert.Equal(["a1", "b1", "a2", "e1", "a3", "b2"], _order);
    }

    [Fact]
    public async Task A_plan_whose_turn_does_not_come_is_refused_and_leaves_the_queue()
    {
        var (running, waiting) = (PlanAsync("ada", "a1"), PlanAsync("bob", "b1"));

        _time.Advance(PlanningQueue.LongestWait);

        var refusal = await Assert.ThrowsAsync<BusyException>(() => waiting);
        Assert.Contains("run the same command again later", refusal.Message, StringComparison.Ordinal);
        _gate.Set();
        await running;
        await PlanAsync("bob", "b2");
        Assert.Equal(["a1", "b2"], _order);
    }

    [Fact]
    public async Task A_plan_that_fails_passes_the_turn_on()
    {
        _gate.Set();
        using (var place = _queue.Enter("ada"))
            await Assert.ThrowsAsync<InvalidInputException>(() => place.InTurnAsync<bool>(() => throw new InvalidInputException("bad")));

        await PlanAsync("ada", "a1");
        Assert.Equal(["a1"], _order);
    }

    [Fact]
    public void All_users_together_have_a_limit_too_and_a_place_that_is_left_is_free()
    {
        var places = Enumerable.Range(0, PlanningQueue.Most).Select(i => _queue.Enter($"user-{i}")).ToList();

        Assert.Contains("its maximum", Assert.Throws<BusyException>(() => _queue.Enter("one more")).Message,
            StringComparison.Ordinal);
        places[0].Dispose();
        _queue.Enter("one more").Dispose();
    }

    private async Task PlanAsync(string user, string plan)
    {
        using var place = _queue.Enter(user);
        await place.InTurnAsync(() =>
        {
            _gate.Wait();
            _order.Add(plan);
            return true;
        });
    }
}
