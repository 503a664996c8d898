using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage.Tests;

/// <summary>Prompts are stored once, however many jobs have them.</summary>
public sealed class ArtifactTests(PostgresServer server)
{
    private const int Megabyte = 1 << 20;
    private readonly SweepPlan _plan = Plan("first");

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_cached_resubmission_refers_to_the_prompts_there_are_and_copies_no_byte(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await CompleteAsync(store.Store, _plan, Enumerable.Range(0, _plan.JobCount).Select(Prompts));
        var (before, keys) = (await ContentsAsync(store), await KeysAsync(store, JobIdentity.Of(_plan)));

        var again = Plan("again");
        await store.Store.Submissions.CreateAsync(JobIdentity.Of(again), again, new SubmitOptions());

        Assert.Equal((_plan.JobCount, (long)_plan.JobCount * Megabyte), before);
        Assert.Equal(before, await ContentsAsync(store));
        Assert.Equal(keys, await KeysAsync(store, JobIdentity.Of(again)));
        Assert.Equal(Enumerable.Range(0, _plan.JobCount).Select(position => Artifacts.ContentKey(Prompts(position))), keys);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Jobs_with_equal_prompts_share_them_and_a_repeated_result_leaves_nothing_behind(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);

        await CompleteAsync(store.Store, _plan, Enumerable.Repeat(Prompts(7), _plan.JobCount));
        await store.Store.Attempts.ApplyAsync(JobIdentity.Of(_plan),
            [JobReport.Completed(new(0), new(1), Samples.Result(1) with { Prompts = Prompts(8) })], JobState.Queued);

        Assert.Equal((1, Megabyte), await ContentsAsync(store));
        Assert.Equal(_plan.JobCount, (await KeysAsync(store, JobIdentity.Of(_plan))).Count);
    }

    [Theory]
    [InlineData("sqlite", true)]
    [InlineData("sqlite", false)]
    [InlineData("postgres", true)]
    [InlineData("postgres", false)]
    public async Task Prompts_that_a_silo_of_the_version_before_inserts_are_moved_by_the_next_migration_and_before_the_cache_is_asked(
        string kind, bool migrated)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await CompleteAsync(store.Store, _plan, Enumerable.Repeat<byte[]?>(null, _plan.JobCount));
        await InsertAsBeforeAsync(store, JobIdentity.Of(_plan),
            Enumerable.Range(0, _plan.JobCount).Select(position => Prompts(position % 2)));

        var again = Plan("again");
        if (migrated) await store.Store.Schema.MigrateAsync();
        else await store.Store.Submissions.CreateAsync(JobIdentity.Of(again), again, new SubmitOptions());

        Assert.Equal((2, 2 * Megabyte), await ContentsAsync(store));
        Assert.Equal([0], await store.ReadAsync<int>("""SELECT count(*) AS "Value" FROM artifacts"""));
        var sweep = JobIdentity.Of(migrated ? _plan : again);
        Assert.Equal(Enumerable.Range(0, _plan.JobCount).Select(position => Artifacts.ContentKey(Prompts(position % 2))),
            await KeysAsync(store, sweep));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task An_upgrade_moves_the_prompts_of_earlier_versions_byte_for_byte_in_many_small_transactions(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server, "005_page");
        const int jobs = 250;
        await InsertAsBeforeAsync(store, JobIdentity.Of(_plan),
            Enumerable.Range(0, jobs).Select(position => new[] { (byte)(position / 2), (byte)0, (byte)255 }));

        await store.Store.Schema.MigrateAsync();

        Assert.Equal((jobs / 2, 3 * jobs / 2), await ContentsAsync(store));
        var moved = await store.ReadAsync<byte[]>(
            """SELECT c.content AS "Value" FROM job_artifacts a JOIN contents c ON c.key = a.content_key ORDER BY a.position""");
        Assert.Equal(Enumerable.Range(0, jobs).Select(position => new[] { (byte)(position / 2), (byte)0, (byte)255 }), moved);
        Assert.Equal([0], await store.ReadAsync<int>("""SELECT count(*) AS "Value" FROM artifacts"""));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Predictions_are_kept_once_and_found_by_the_job_and_by_whoever_took_over_its_result(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await CompleteAsync(store.Store, _plan, Enumerable.Repeat<byte[]?>(Prompts(1), _plan.JobCount), Predictions);
        var again = Plan("again");
        await store.Store.Submissions.CreateAsync(JobIdentity.Of(again), again, new SubmitOptions());
        var before = await ContentsAsync(store);

        foreach (var plan in (SweepPlan[])[_plan, again])
        {
            for (var position = 0; position < plan.JobCount; position++)
                Assert.Equal(Predictions(position), await FindAsync(store.Store, plan, position));
        }
        Assert.Equal(before, await ContentsAsync(store));

        // A silo of the version before answers from the cache without rows for predictions.
        await store.ExecuteAsync($"DELETE FROM job_artifacts WHERE sweep_id = '{JobIdentity.Of(again)}' AND name = 'predictions'");
        Assert.Equal(Predictions(2), await FindAsync(store.Store, again, 2));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_job_of_a_worker_that_keeps_no_predictions_has_none_and_its_result_all_the_same(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await CompleteAsync(store.Store, _plan, Enumerable.Repeat<byte[]?>(Prompts(1), _plan.JobCount));

        Assert.Null(await FindAsync(store.Store, _plan, 0));
        Assert.Equal(_plan.JobCount, (await store.Store.Jobs.ResultsAsync(JobIdentity.Of(_plan))).Count);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Predictions_of_ended_sweeps_go_by_age_and_by_bytes_and_nothing_else_goes(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        var (first, again, running) = (_plan, Plan("again"), Plan("running", seeds: 3));
        await CompleteAsync(store.Store, first, Enumerable.Repeat<byte[]?>(Prompts(1), first.JobCount), Predictions);
        await store.Store.Submissions.CreateAsync(JobIdentity.Of(again), again, new SubmitOptions());
        await CompleteAsync(store.Store, running, Enumerable.Repeat<byte[]?>(Prompts(1), running.JobCount),
            position => Predictions(100 + position), new SubmitOptions { UseCache = false });
        foreach (var ended in (SweepPlan[])[first, again]) await store.Store.Sweeps.EndSweepAsync(JobIdentity.Of(ended));
        var all = await store.Store.Predictions.BytesAsync();

        Assert.Empty(await store.Store.Predictions.DueAsync(TimeSpan.FromDays(1), all));
        // The first sweep's are those of the second too, which took them over: no byte is won before both have let go.
        var due = await store.Store.Predictions.DueAsync(null, all - 1);
        Assert.Equal([JobIdentity.Of(first), JobIdentity.Of(again)], due);
        await store.Store.Predictions.DropAsync(due);
        await store.Store.Removal.CollectAsync();
        Assert.Null(await FindAsync(store.Store, first, 0));
        Assert.Null(await FindAsync(store.Store, again, 0));
        // A sweep that has not ended keeps its own, whatever they take.
        Assert.Empty(await store.Store.Predictions.DueAsync(TimeSpan.Zero, 1));
        Assert.Equal(Predictions(100), await FindAsync(store.Store, running, 0));
        Assert.Equal(first.JobCount, (await KeysAsync(store, JobIdentity.Of(first))).Count);
        Assert.Equal(Megabyte, (await ContentsAsync(store)).Bytes - await store.Store.Predictions.BytesAsync());
    }

    private static byte[] Predictions(int position) => [1, 2, (byte)position];

    private static async Task<byte[]?> FindAsync(SweepStore store, SweepPlan plan, int position)
    {
        var id = JobIdentity.Of(plan);
        return await store.Artifacts.FindAsync(id, (await store.Jobs.JobsAtAsync(id, [new(position)])).Single(), Artifacts.PredictionsName);
    }

    /// <summary>Four jobs: the same for every name.</summary>
    private static SweepPlan Plan(string name, int seeds = 2) =>
        SweepStoreTests.Plan(
            $$"""
            {"name": "{{name}}", "datasets": ["dtd"], "seeds": [{{string.Join(", ", Enumerable.Range(1, seeds))}}],
                "arms": [{"method": "adapt", "tTarget": [128, 64]}]}
            """);

    /// <summary>A megabyte that no compression shortens.</summary>
    private static byte[] Prompts(int seed)
    {
        var content = new byte[Megabyte];
        new Random(seed).NextBytes(content);
        return content;
    }

    private static async Task CompleteAsync(SweepStore store, SweepPlan plan, IEnumerable<byte[]?> prompts,
        Func<int, byte[]>? predictions = null, SubmitOptions? options = null)
    {
        var id = JobIdentity.Of(plan);
        await store.Submissions.CreateAsync(id, plan, options ?? new SubmitOptions());
        await store.History.SaveEnvironmentAsync("e", "{}");
        for (var pack = 0; pack < plan.PackCount; pack++)
            await store.Leases.BeginPacksAsync(id, plan, [(new PackStart(LeaseId.New(), new(pack), "w", Samples.Environment), "e")]);
        var reports = prompts.Select((content, position) =>
            JobReport.Completed(new(position), new(1), Samples.Result(position) with
            {
                Prompts = content,
                Predictions = predictions?.Invoke(position),
            })).ToArray();
        Assert.All(await store.Attempts.ApplyAsync(id, reports, JobState.Queued), answer => Assert.Equal(JobState.Completed, answer.State));
    }

    /// <summary>The statement of version 0.1.0.</summary>
    private static async Task InsertAsBeforeAsync(TestStore store, SweepId sweep, IEnumerable<byte[]> contents)
    {
        var literal = store.Database.IsPostgres ? "'\\x{0}'" : "x'{0}'";
        foreach (var (position, content) in contents.Index())
        {
            await store.ExecuteAsync(
                $"INSERT INTO artifacts (sweep_id, position, name, content) VALUES ('{sweep}', {position}, 'prompts.safetensors', "
                + string.Format(System.Globalization.CultureInfo.InvariantCulture, literal, Convert.ToHexStringLower(content)) + ")");
        }
    }

    private static async Task<(int Count, long Bytes)> ContentsAsync(TestStore store) => (
        (await store.ReadAsync<int>("""SELECT count(*) AS "Value" FROM contents"""))[0],
        (await store.ReadAsync<long>(
            """SELECT coalesce(sum(length(content)), 0) AS "Value" FROM contents WHERE size = length(content)"""))[0]);

    private static Task<List<string>> KeysAsync(TestStore store, SweepId sweep) =>
        store.ReadAsync<string>(
            $"""SELECT content_key AS "Value" FROM job_artifacts WHERE sweep_id = '{sweep}' AND name = '{Artifacts.PromptsName}' ORDER BY position""");
}
