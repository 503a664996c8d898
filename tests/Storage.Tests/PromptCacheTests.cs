using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage.Tests;

/// <summary>A job with targets finds the prompts that an identical job with other targets, or none, has trained.</summary>
public sealed class PromptCacheTests(PostgresServer server)
{
    private static readonly SweepPlan Trained = Plan("trained"), Evaluated = Plan("evaluated", "pets"),
        Other = Plan("other", "stanford-cars");

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Prompts_are_found_by_jobs_of_other_targets_and_say_which_job_trained_them_through_any_number_of_evaluations(
        string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        var origin = new PromptOrigin(JobIdentity.Of(Trained).Value, JobIdentity.Of(Trained, new JobPosition(0)));
        await CompleteAsync(store.Store, Trained);

        Assert.Equal(2, (await store.Store.Cache.PreviewAsync(Evaluated)).Evaluated);
        var found = await CreateAsync(store.Store, Evaluated);
        Assert.Equal([new(0), new(1)], found.Keys.Order());
        Assert.Equal((origin, Convert.ToHexString(Prompts(0))), (found[new(0)].Origin, Convert.ToHexString(found[new(0)].Content)));

        await CompleteAsync(store.Store, Evaluated, found);
        Assert.Equal((2, 0), ((await store.Store.Cache.PreviewAsync(Evaluated)).Cached,
            (await store.Store.Cache.PreviewAsync(Evaluated)).Evaluated));
        var job = (await store.Store.Jobs.JobsAtAsync(JobIdentity.Of(Evaluated), [new(0)])).Single();
        Assert.Equal((origin, 0, "pets"), (job.Result!.TrainedFrom, job.Epoch, job.Result.Targets!.Single().Name));
        // What only the evaluation has is found as well, and is still the first job's.
        await store.ExecuteAsync($"DELETE FROM job_artifacts WHERE sweep_id = '{JobIdentity.Of(Trained)}'");
        Assert.Equal(origin, (await CreateAsync(store.Store, Other))[new(0)].Origin);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Jobs_of_a_store_from_before_this_migration_are_found_by_their_own_id(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server, "017_targets");
        await InsertAsBeforeAsync(store, Trained);

        await store.Store.Schema.MigrateAsync();

        Assert.Equal([0, 0], await store.ReadAsync<int>(
            """SELECT CASE WHEN trained_id IS NULL AND trained_from IS NULL THEN 0 ELSE 1 END AS "Value" FROM jobs"""));
        Assert.Equal(2, (await CreateAsync(store.Store, Evaluated)).Count);
    }

    [Theory]
    [InlineData("sqlite", "DELETE FROM job_artifacts")]
    [InlineData("postgres", "DELETE FROM job_artifacts")]
    [InlineData("sqlite", "UPDATE contents SET content = x'00'")]
    [InlineData("postgres", "UPDATE contents SET content = '\\x00'")]
    [InlineData("sqlite", "UPDATE sweeps SET cluster = 'another'")]
    [InlineData("sqlite", "UPDATE jobs SET state = 3")]
    public async Task Prompts_that_are_gone_damaged_or_of_another_cluster_are_not_found_and_their_jobs_train(string kind, string change)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await CompleteAsync(store.Store, Trained);
        await store.ExecuteAsync(change);

        Assert.Empty(await CreateAsync(store.Store, Evaluated));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_sweep_without_the_cache_another_trainer_version_and_a_job_that_verifies_the_cache_take_no_prompts(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await CompleteAsync(store.Store, Trained);

        Assert.Empty(await CreateAsync(store.Store, Plan("no cache", "pets"), new SubmitOptions { UseCache = false }));
        var newer = Evaluated with { Trainer = TrainerVersion.Current + 1 };
        Assert.Empty(await CreateAsync(store.Store, newer));
        Assert.Equal(0, (await store.Store.Cache.PreviewAsync(newer)).Evaluated);
        await CompleteAsync(store.Store, Evaluated, await CreateAsync(store.Store, Evaluated));
        Assert.Empty(await CreateAsync(store.Store, Plan("verified", "pets"), new SubmitOptions { VerifyCache = 1 }));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_lease_covers_no_more_prompts_than_a_message_may_have(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await CompleteAsync(store.Store, Trained);
        await store.ExecuteAsync($"UPDATE contents SET size = {JobAssignment.MaxCheckpointBytes}");
        await CreateAsync(store.Store, Evaluated);

        var begun = (await BeginAsync(store.Store, Evaluated)).Single();

        Assert.Equal((1, true), (begun.Assignments.Length, begun.MoreWait));
    }

    /// <summary>Submits a sweep.</summary>
    /// <returns>The prompts that its jobs find.</returns>
    private static async Task<Dictionary<JobPosition, StoredPrompts>> CreateAsync(
        SweepStore store, SweepPlan plan, SubmitOptions? options = null)
    {
        await store.Submissions.CreateAsync(JobIdentity.Of(plan), plan, options ?? new SubmitOptions());
        return await store.Prompts.FindAsync(JobIdentity.Of(plan), [.. plan.Positions]);
    }

    private static async Task CompleteAsync(
        SweepStore store, SweepPlan plan, Dictionary<JobPosition, StoredPrompts>? evaluated = null)
    {
        await store.Submissions.CreateAsync(JobIdentity.Of(plan), plan, new SubmitOptions());
        await BeginAsync(store, plan);
        var answers = await store.Attempts.ApplyAsync(JobIdentity.Of(plan), [.. plan.Positions.Select(position =>
            JobReport.Completed(position, new(1), Samples.Result(position.Value) with
            {
                Prompts = Prompts(position.Value),
                Targets = plan.Evaluate is null ? null : [.. plan.Evaluate.Select(target => new TargetResult(target, 1, 2))],
                TrainedFrom = evaluated?[position].Origin,
            }))], JobState.Queued);
        Assert.All(answers, answer => Assert.Equal(JobState.Completed, answer.State));
    }

    private static async Task<PackBeginning[]> BeginAsync(SweepStore store, SweepPlan plan)
    {
        await store.History.SaveEnvironmentAsync("e", "{}");
        return await store.Leases.BeginPacksAsync(JobIdentity.Of(plan), plan, [.. Enumerable.Range(0, plan.PackCount).Select(pack =>
            (new PackStart(LeaseId.New(), new(pack), "w", Samples.Environment), "e"))]);
    }

    /// <summary>The rows that the version before wrote for a completed sweep.</summary>
    private static async Task InsertAsBeforeAsync(TestStore store, SweepPlan plan)
    {
        var (id, byteString) = (JobIdentity.Of(plan), store.Database.IsPostgres ? "'\\x{0}'" : "x'{0}'");
        await store.ExecuteAsync($"""
            INSERT INTO sweeps (id, cluster, ordinal, name, state, submitted_ms, priority, parallel, pool, total_jobs, spec_json,
                plan_format, plan_json, trainer, stops)
            VALUES ('{id}', '', 1, 'trained', 2, 0, 0, 0, '', {plan.JobCount}, '', 1, '', {plan.Trainer},
                {(store.Database.IsPostgres ? "false" : "0")})
            """);
        foreach (var position in plan.Positions)
        {
            var content = Prompts(position.Value);
            var key = Artifacts.ContentKey(content);
            await store.ExecuteAsync($"""
                INSERT INTO jobs (sweep_id, position, job_id, pack, state, attempt, faults, losses, epoch, cache_check)
                    VALUES ('{id}', {position.Value}, '{JobIdentity.Of(plan, position)}', 0, {(int)JobState.Completed}, 1, 0, 0, 1, 0);
                INSERT INTO job_artifacts (sweep_id, position, name, content_key)
                    VALUES ('{id}', {position.Value}, '{Artifacts.PromptsName}', '{key}');
                INSERT INTO contents (key, size, content) VALUES ('{key}', {content.Length},
                    {string.Format(System.Globalization.CultureInfo.InvariantCulture, byteString, Convert.ToHexStringLower(content))})
                """);
        }
    }

    private static byte[] Prompts(int seed) => [1, 2, (byte)seed];

    /// <summary>Two jobs in one pack, the same for every name and, without targets, for every target.</summary>
    private static SweepPlan Plan(string name, string? target = null)
    {
        var evaluate = target is null ? "" : $", \"evaluate\": [\"{target}\"]";
        var spec = $$"""{"name": "{{name}}", "datasets": ["dtd"], "seeds": [1, 2], "arms": [{"method": "coop"}]{{evaluate}} }""";
        return KnownMethods.Plan(new FixedCatalog(("dtd", 47), ("pets", 37), ("stanford-cars", 196)), spec) with
        {
            SeedsPerPack = 2,
        };
    }
}
