using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>What people may take of a real queue, from the submission to the worker.</summary>
public sealed class QuotaTests : IAsyncLifetime
{
    private readonly GrainHost _host = new()
    {
        Lasting = TimeSpan.FromMinutes(1),
        More = silo => silo.Services.Configure<QuotaOptions>(quota =>
        {
            (quota.Person, quota.FairByPerson) = (new QuotaLimits(Jobs: 6, Leases: 2, Priority: 5), true);
            quota.Groups = [new GroupQuota("leads", ["eve", "fay"], new QuotaLimits(Jobs: 4, Priority: 9))];
        }),
    };

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_submission_beyond_what_a_person_may_have_is_refused_with_the_numbers_and_what_to_do()
    {
        var first = await SubmitAsync("first", "ada", seeds: 4);

        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() => SubmitAsync("second", "ada", seeds: 3));

        Assert.StartsWith("'ada' has 4 unfinished jobs in other sweeps, and 3 jobs of second-", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("would be added, but the limit for one person is 6 (Quota:Jobs). Wait until some have ended, "
            + "cancel a sweep, or submit fewer seeds, data sets or arms at once.", refusal.Message, StringComparison.Ordinal);
        Assert.Single(await _host.Front.ListAsync());
        await SubmitAsync("others", "bob", seeds: 6);
        // The same sweep again adds nothing; one that was cancelled leaves room, and takes it again when it is gone on with.
        await SubmitAsync("first", "ada", seeds: 4);
        await _host.Sweep(first).CancelAsync();
        await SubmitAsync("second", "ada", seeds: 3);
        Assert.Contains("'ada' has 3 unfinished jobs in other sweeps, and 4 jobs of first-",
            (await Assert.ThrowsAsync<InvalidInputException>(() => _host.Sweep(first).ResumeAsync())).Message, StringComparison.Ordinal);
        Assert.Contains("and 4 jobs of first-",
            (await Assert.ThrowsAsync<InvalidInputException>(() => _host.Sweep(first).RetryAsync(RetryScope.Missing))).Message,
            StringComparison.Ordinal);
        Assert.Equal(SweepState.Cancelled, (await _host.Sweep(first).StatusAsync()).Summary.State);
    }

    [Fact]
    public async Task The_members_of_a_group_share_what_it_may_have_and_whom_nobody_knows_is_one_person()
    {
        await SubmitAsync("eves", "eve", seeds: 3);
        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() => SubmitAsync("fays", "fay", seeds: 2));
        Assert.StartsWith("the members of group 'leads' have 3 unfinished jobs", refusal.Message, StringComparison.Ordinal);

        await SubmitAsync("nameless", null, seeds: 5);
        refusal = await Assert.ThrowsAsync<InvalidInputException>(() => SubmitAsync("another", null, seeds: 2));
        Assert.StartsWith("'unknown' has 5 unfinished jobs", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_priority_above_what_a_person_may_give_is_refused_at_submission_and_later()
    {
        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() => SubmitAsync("high", "ada", priority: 6));
        Assert.Equal(
            "--priority: found 6; the highest priority for sweeps of 'ada' is 5 (Quota:Priority); write 5 or less.", refusal.Message);

        var id = await SubmitAsync("low", "ada", priority: 5);
        await Assert.ThrowsAsync<InvalidInputException>(() => _host.Sweep(id).SetAsync(new ShareChange { Priority = 6 }));
        await _host.Sweep(await SubmitAsync("lead", "eve", priority: 9)).SetAsync(new ShareChange { Priority = 1 });
    }

    [Fact]
    public async Task The_packs_of_a_person_with_all_leases_wait_while_others_go_on_and_the_sweep_says_so()
    {
        var (a1, a2, a3) = (await SubmitAsync("a1", "ada"), await SubmitAsync("a2", "ada"), await SubmitAsync("a3", "ada"));
        var bobs = await SubmitAsync("bobs", "bob");

        var leases = new List<Lease>();
        for (var i = 0; i < 3; i++) leases.Add(await _host.LeaseAsync($"w{i}"));

        Assert.Equal([a1, bobs, a2], leases.Select(lease => lease.Sweep));
        Assert.Null((await _host.Queue.LeaseAsync("silo", "w3", LeaseId.New(), Samples.Offer)).Lease);
        Assert.Equal(
            $"its submitter 'ada' already holds the maximum of 2 leases in pool '{GrainHost.Pool}' (Quota:Leases); the sweep continues "
            + "when one of them ends",
            (await _host.Sweep(a3).StatusAsync()).Obstacle);
        // The queue knows whose they are when it comes back from the store, too.
        await BeginAsync(a1, leases[0]);
        await BeginAsync(a2, leases[2]);
        await _host.MoveQueueAsync();
        Assert.Equal(bobs, (await _host.LeaseAsync("w4")).Sweep);
        Assert.Null((await _host.Queue.LeaseAsync("silo", "w5", LeaseId.New(), Samples.Offer)).Lease);
    }

    private Task<PackAssignment> BeginAsync(SweepId id, Lease lease) =>
        _host.Sweep(id).BeginAsync(new PackStart(lease.Id, lease.Pack, "w", Samples.Environment, TrainerVersion.Current));

    private Task<SweepId> SubmitAsync(string name, string? by, int seeds = 1, int priority = 0) => _host.Front.SubmitAsync(
        $$"""
        {"name": "{{name}}", "datasets": ["dtd"], "seeds": [{{string.Join(", ", Enumerable.Range(1, seeds))}}],
         "arms": [{"method": "adapt", "tTarget": 128}]}
        """,
        "spec.json", new SubmitOptions { SubmittedBy = by, Priority = priority });
}
