using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage.Tests;

/// <summary>A store that a newer version of the program has written.</summary>
public sealed class OtherVersionTests(PostgresServer server)
{
    private static readonly SweepPlan Plan = PlanOf("theirs"), Mine = PlanOf("mine");
    private static readonly SweepId Id = JobIdentity.Of(Plan);

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_store_that_a_newer_program_has_upgraded_is_refused_by_name_and_nothing_is_written(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server, "005_page");
        await store.ExecuteAsync(kind == "sqlite" ? "PRAGMA journal_mode=DELETE; INSERT INTO migrations VALUES ('999_future', '1')"
            : """INSERT INTO migrations VALUES ('999_future', '1')""");
        var tables = await TablesAsync(store);

        var refusal = await Assert.ThrowsAsync<InvalidInputException>(store.Store.Schema.MigrateAsync);

        Assert.Contains("was upgraded by a newer program (999_future)", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(tables, await TablesAsync(store));
        if (kind == "sqlite")
            Assert.Equal(["delete"], await store.ReadAsync<string>("""SELECT journal_mode AS "Value" FROM pragma_journal_mode"""));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Members_that_this_version_does_not_know_are_skipped_in_plans_and_environments_of_the_store(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await SubmitAsync(store, Plan);
        await ChangePlanAsync(store, """{"name":""", """{"later": {"a": [1]}, "name":""");
        await store.Store.History.SaveEnvironmentAsync(
            "e", """{"version":"9","runtime":"r","packages":{},"device":"d","threads":1,"system":"s","later":true}""");

        Assert.Equal(Id, JobIdentity.Of((await store.Store.Sweeps.FindAsync(Id))!.Plan));
        Assert.Equal("9", (await store.Store.History.EnvironmentsAsync(["e"]))["e"].Version);
    }

    [Theory]
    [InlineData("sqlite", "UPDATE sweeps SET plan_format = 7", "its format is 7, but this version reads formats up to 3")]
    [InlineData("postgres", "UPDATE sweeps SET plan_format = 7", "its format is 7, but this version reads formats up to 3")]
    [InlineData("sqlite", "UPDATE sweeps SET plan_json = replace(plan_json, '\"seeds\"', '\"seedlings\"')", "seeds")]
    [InlineData("postgres", "UPDATE sweeps SET plan_json = replace(plan_json, '\"seeds\"', '\"seedlings\"')", "seeds")]
    [InlineData("sqlite", "UPDATE sweeps SET plan_json = replace(plan_json, '\"per-dimension\"', '\"per-token\"')",
        "$.groups[0].definition.train.adapt.scoreReduction")]
    public async Task A_plan_that_cannot_be_read_is_an_error_of_its_own_sweep_by_name_and_others_are_found_past_it(
        string kind, string change, string found)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await SubmitAsync(store, Plan);
        await store.ExecuteAsync(change.Replace("{", "{{", StringComparison.Ordinal));
        await SubmitAsync(store, Mine);
        await CompleteAsync(store, Mine);

        var error = await Assert.ThrowsAsync<UnreadablePlanException>(() => store.Store.Sweeps.FindAsync(Id));
        Assert.Equal((Id, false), (error.Sweep, error.IsTransient));
        Assert.Contains($"the plan of sweep {Id} cannot be read by this version", error.Message, StringComparison.Ordinal);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);

        Assert.Equal(["mine", "theirs"], (await store.Store.Sweeps.ListAsync(0, 100)).Sweeps.Select(sweep => sweep.Name));
        Assert.Equal(2, (await store.Store.Sweeps.OpenSweepsAsync()).Count);
        Assert.Equal(["mine"], (await store.Store.Sweeps.OtherSweepsAsync(new("other-00000000"), 10)).Select(sweep => sweep.Plan.Name));
        Assert.NotNull(await store.Store.Cache.SpeedAsync(Mine));
    }

    private static SweepPlan PlanOf(string name) =>
        SweepStoreTests.Plan(
            $$"""{"name": "{{name}}", "datasets": ["dtd"], "seeds": [1, 2], "arms": [{"method": "adapt", "scorer": "l2-norm", "tTarget": [128, 64]}]}""");

    private static Task SubmitAsync(TestStore store, SweepPlan plan) =>
        store.Store.Submissions.CreateAsync(JobIdentity.Of(plan), plan, new SubmitOptions
        {
            UseCache = false,
        });

    private static async Task CompleteAsync(TestStore store, SweepPlan plan)
    {
        await store.Store.History.SaveEnvironmentAsync("e", "{}");
        await store.Store.Leases.BeginPacksAsync(JobIdentity.Of(plan), plan,
            [(new PackStart(LeaseId.New(), new(0), "w", Samples.Environment), "e")]);
        await store.Store.Attempts.ApplyAsync(
            JobIdentity.Of(plan), [JobReport.Completed(new(0), new(1), Samples.Result(1))], JobState.Queued);
    }

    private static Task ChangePlanAsync(TestStore store, string old, string changed) =>
        store.ExecuteAsync($"UPDATE sweeps SET plan_json = replace(plan_json, '{old}', '{changed}') WHERE id = '{Id}'".Replace("{", "{{",
            StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    private static Task<List<string>> TablesAsync(TestStore store) => store.ReadAsync<string>(store.Database.IsPostgres
        ? """SELECT table_name::text || '.' || column_name AS "Value" FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1"""
        : """SELECT sql AS "Value" FROM sqlite_master WHERE sql IS NOT NULL ORDER BY 1""");
}
