using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage.Tests;

/// <summary>The audit log in either database: its order, whose it is, and what is kept.</summary>
public sealed class AuditTableTests(PostgresServer server)
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Entries_come_newest_first_page_by_page_and_of_this_cluster_only(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await using var other = store.Beside(cluster: "other");
        for (var i = 0; i < 5; i++) await store.Store.Audit.AddAsync(Entry($"user-{i}", sweep: i % 2 == 0 ? "even" : null));
        await other.Store.Audit.AddAsync(Entry("stranger", sweep: "even"));

        var first = await store.Store.Audit.ReadAsync(new AuditQuery { Count = 2 });
        var second = await store.Store.Audit.ReadAsync(new AuditQuery { Count = 500, Before = first[^1].Id });

        Assert.Equal(["user-4", "user-3"], first.Select(entry => entry.Name));
        Assert.Equal(["user-2", "user-1", "user-0"], second.Select(entry => entry.Name));
        Assert.Equal(["user-4", "user-2", "user-0"],
            (await store.Store.Audit.ReadAsync(new AuditQuery { Sweep = "even" })).Select(entry => entry.Name));
        Assert.Equal("stranger", Assert.Single(await other.Store.Audit.ReadAsync(new AuditQuery())).Name);
        var all = first[0];
        Assert.Equal((AuditAction.Set, AuditOutcome.Done, CallerWay.Oidc, "it's \"quoted\"", "c1", "even"),
            (all.Action, all.Outcome, all.Way, all.Detail, all.Call, all.Sweep));
        Assert.InRange(all.Time, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow());
        Assert.Null(second[1].Sweep);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task The_oldest_go_and_refusals_push_out_refusals_only(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await store.Store.Audit.AddAsync(Entry("first", "s"));
        await FillAsync(store, AuditOutcome.Refused, AuditTable.MostRefusals + 50);
        await FillAsync(store, AuditOutcome.Done, 10);
        for (var i = 0; i < AuditTable.DeleteEvery; i++) await store.Store.Audit.AddAsync(Entry("last", "s"));

        Assert.Equal(AuditTable.MostRefusals, await CountAsync(store, AuditOutcome.Refused));
        Assert.Equal(1 + 10 + AuditTable.DeleteEvery, await CountAsync(store, AuditOutcome.Done));
        Assert.Contains("first", await store.ReadAsync<string>("SELECT name AS \"Value\" FROM audit WHERE name = 'first'"));
    }

    private static async Task<int> CountAsync(TestStore store, AuditOutcome outcome) =>
        (int)(await store.ReadAsync<long>($"SELECT count(*) AS \"Value\" FROM audit WHERE outcome = {(int)outcome}"))[0];

    /// <summary>Many entries at once, as years leave them.</summary>
    private static Task FillAsync(TestStore store, AuditOutcome outcome, int count) => store.ExecuteAsync($"""
        INSERT INTO audit (cluster, at_ms, sweep_id, action, outcome, way)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
        SELECT '{store.Database.Cluster}', 0, 's', 0, {(int)outcome}, 0 FROM n
        """);

    private static AuditEntry Entry(string name, string? sweep) => new()
    {
        Time = default,
        Sweep = sweep,
        Action = AuditAction.Set,
        Outcome = AuditOutcome.Done,
        Way = CallerWay.Oidc,
        Name = name,
        Detail = "it's \"quoted\"",
        Call = "c1",
    };
}
