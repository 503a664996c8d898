using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AdaptCluster.Storage.Tests;

/// <summary>The order of sweeps is that of their submission, whatever the clocks of the silos that take them say.</summary>
public sealed class OrderTests(PostgresServer server)
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_clock_that_is_put_back_changes_neither_the_latest_sweep_nor_the_order_of_the_list_and_of_the_queue(string kind)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56)) { AutoAdvanceAmount = TimeSpan.Zero };
        await using var store = await TestStore.CreateAsync(
            kind, server, configure: services => services.AddSingleton<TimeProvider>(clock));
        await SubmitAsync(store, "first");
        clock.AdjustTime(clock.GetUtcNow().AddHours(-1));
        await SubmitAsync(store, "second");
        await SubmitAsync(store, "third");

        Assert.Equal(["third", "second", "first"], (await store.Store.Sweeps.ListAsync(0, 100)).Sweeps.Select(sweep => sweep.Name));
        Assert.Equal(JobIdentity.Of(Plan("third")).Value, Assert.Single(await store.Store.Sweeps.FindSweepsAsync("", 1)));
        Assert.Equal(["third", "second"], (await store.Store.Sweeps.OtherSweepsAsync(JobIdentity.Of(Plan("first")), 10))
            .Select(sweep => sweep.Sweep.Name));
        Assert.Equal((1, 2, 3), (await OrderAsync(store, "first"), await OrderAsync(store, "second"), await OrderAsync(store, "third")));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Sweeps_of_earlier_versions_keep_the_order_of_their_times_and_those_they_submit_during_an_upgrade_come_after(
        string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server, "008_clusters");
        await InsertAsBeforeAsync(store, "younger", 20);
        await InsertAsBeforeAsync(store, "older", 10);
        await store.Store.Schema.MigrateAsync();
        await SubmitAsync(store, "new");
        await InsertAsBeforeAsync(store, "meanwhile later", 40);
        await InsertAsBeforeAsync(store, "meanwhile", 30);

        await store.Store.Sweeps.ClaimAsync();

        Assert.Equal(["meanwhile later", "meanwhile", "new", "younger", "older"],
            (await store.Store.Sweeps.ListAsync(0, 100)).Sweeps.Select(sweep => sweep.Name));
    }

    private static SweepPlan Plan(string name) =>
        SweepStoreTests.Plan($$"""{"name": "{{name}}", "datasets": ["dtd"], "seeds": [1], "arms": [{"method": "zero-shot"}]}""");

    private static Task SubmitAsync(TestStore store, string name) =>
        store.Store.Submissions.CreateAsync(JobIdentity.Of(Plan(name)), Plan(name), new SubmitOptions
        {
            UseCache = false,
        });

    private static async Task<long> OrderAsync(TestStore store, string name) =>
        (await store.Store.Sweeps.FindAsync(JobIdentity.Of(Plan(name))))!.Sweep.Ordinal;

    /// <summary>The statement of version 0.1.0.</summary>
    private static Task InsertAsBeforeAsync(TestStore store, string name, long submitted) => store.ExecuteAsync($"""
        INSERT INTO sweeps (id, name, state, submitted_ms, priority, parallel, pool, submitted_by, total_jobs, spec_json, plan_json)
        VALUES ('{name.Replace(' ', '-')}-00000000', '{name}', 1, {submitted}, 0, 0, '', NULL, 0, '', '')
        """);
}
