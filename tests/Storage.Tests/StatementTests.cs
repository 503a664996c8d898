using System.Diagnostics;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AdaptCluster.Storage.Tests;

/// <summary>How long statements may take on PostgreSQL, and what happens beside a submission.</summary>
public sealed class StatementTests(PostgresServer server)
{
    private readonly SweepPlan _plan = Plan("small", seeds: 2);

    [Fact]
    public async Task A_statement_may_take_fifteen_seconds_unless_the_connection_string_says_otherwise()
    {
        await using var given = new NpgsqlConnection(
            StoreDatabase.Postgres("Host=h;Database=d;Username=u;Command Timeout=77", "test").ConnectionString);
        await using var usual = new NpgsqlConnection(StoreDatabase.Postgres("Host=h;Database=d;Username=u", "test").ConnectionString);

        Assert.Equal((77, 15), (given.CommandTimeout, usual.CommandTimeout));
    }

    [Fact]
    public async Task A_submission_outlasts_the_limit_of_reads_and_reports()
    {
        await using var store = await TestStore.CreateAsync("postgres", server);
        await using var hasty = store.Beside("Command Timeout=1");
        await using var locking = await store.LockAsync("LOCK TABLE sweeps IN ACCESS EXCLUSIVE MODE");

        var submission = hasty.Store.Submissions.CreateAsync(JobIdentity.Of(_plan), _plan, new SubmitOptions());
        for (var reads = 0; reads < 2; reads++)
            Assert.True((await Assert.ThrowsAsync<StoreException>(() => hasty.Store.Sweeps.FindAsync(JobIdentity.Of(_plan)))).IsTransient);
        Assert.False(submission.IsCompleted);
        await locking.DisposeAsync();

        await submission;
        Assert.NotNull(await hasty.Store.Sweeps.FindAsync(JobIdentity.Of(_plan)));
    }

    [Fact]
    public async Task Statistics_are_made_when_the_jobs_have_grown_by_a_tenth()
    {
        await using var store = await TestStore.CreateAsync("postgres", server);
        await store.ExecuteAsync("ALTER TABLE jobs SET (autovacuum_enabled = false)");

        await SubmitAsync(store, Plan("large", seeds: 1000));
        Assert.Equal(2000, await CountedAsync(store));
        await SubmitAsync(store, _plan);
        Assert.Equal(2000, await CountedAsync(store));
        await SubmitAsync(store, Plan("half as large", seeds: 500));
        Assert.Equal(3004, await CountedAsync(store));
    }

    [Fact]
    public async Task A_submission_does_not_wait_for_the_statistics_that_vacuum_or_another_submission_makes()
    {
        await using var store = await TestStore.CreateAsync("postgres", server);
        await using var locking = await store.LockAsync("LOCK TABLE jobs IN SHARE UPDATE EXCLUSIVE MODE");

        await SubmitAsync(store, _plan);

        Assert.NotNull(await store.Store.Sweeps.FindAsync(JobIdentity.Of(_plan)));
    }

    [Fact]
    public async Task Statistics_that_cannot_be_made_are_a_line_in_the_log_and_no_error_of_the_submission()
    {
        using var log = new LogLines();
        await using var store = await TestStore.CreateAsync(
            "postgres", server, configure: services => services.AddLogging(logging => logging.AddProvider(log)));
        await store.ExecuteAsync("CREATE STATISTICS impossible ON (1 / (pack - pack)), (position + 1) FROM jobs");

        await SubmitAsync(store, _plan);

        Assert.Equal(4, (await store.Store.Jobs.JobsAsync(JobIdentity.Of(_plan), JobState.Queued, 10)).Count);
        var (_, error) = Assert.Single(log.Lines, line =>
            line.Message.Contains("Could not update PostgreSQL's statistics of the jobs table", StringComparison.Ordinal));
        Assert.Contains("division by zero", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sweep_is_loaded_by_one_pass_over_its_jobs_and_a_look_at_those_that_train_or_have_failed()
    {
        await using var store = await TestStore.CreateAsync("postgres", server);
        var id = JobIdentity.Of(_plan);
        await SubmitAsync(store, _plan);
        using var statements = new Statements();
        await store.Store.Jobs.LoadAsync(id, 2);
        Assert.Equal(1, statements.Count);

        await store.Store.History.SaveEnvironmentAsync("e", "{}");
        for (var pack = 0; pack < 2; pack++)
            await store.Store.Leases.BeginPacksAsync(id, _plan, [(new PackStart(LeaseId.New(), new(pack), "w", Samples.Environment), "e")]);
        await store.Store.Attempts.ApplyAsync(id, [JobReport.Failed(new(0), new(1), new("diverged", Retry: false))], JobState.Queued);
        var before = statements.Count;
        var jobs = await store.Store.Jobs.LoadAsync(id, 2);

        Assert.Equal(3, statements.Count - before);
        Assert.Equal([1, 2, 3], jobs.Running.Select(job => job.Position));
        Assert.Equal([0], jobs.Failed.Select(job => job.Position));
    }

    [Fact]
    public async Task Jobs_that_look_wrong_are_found_by_an_index_and_no_index_keeps_a_job_from_being_updated_in_place()
    {
        await using var store = await TestStore.CreateAsync("postgres", server);
        var plan = Plan("large", seeds: 1000);
        var id = JobIdentity.Of(plan);
        await SubmitAsync(store, plan);
        await store.Store.History.SaveEnvironmentAsync("e", "{}");
        await store.Store.Leases.BeginPacksAsync(id, plan, [(new PackStart(LeaseId.New(), new(0), "w", Samples.Environment), "e")]);
        await store.Store.Attempts.ApplyAsync(
            id, [JobReport.EpochDone(new(0), new(1), Samples.Epoch(1)), JobReport.Completed(new(0), new(1), Samples.Result(1))],
            JobState.Queued);
        await store.Store.Jobs.FlaggedAsync(id, 10);
        await store.CloseAsync();

        Assert.Equal([1L], await store.ReadAsync<long>(
            """SELECT idx_scan AS "Value" FROM pg_stat_user_indexes WHERE indexrelname = 'ix_jobs_flagged'"""));
        // Two begun, an epoch, a result.
        Assert.Equal(["4 of 4"], await store.ReadAsync<string>(
            """SELECT n_tup_hot_upd || ' of ' || n_tup_upd AS "Value" FROM pg_stat_user_tables WHERE relname = 'jobs'"""));
    }

    [Fact]
    public async Task What_a_lease_costs_does_not_grow_with_the_sweep()
    {
        await using var store = await TestStore.CreateAsync("postgres", server);
        var plan = Plan("large", seeds: 1000);
        var id = JobIdentity.Of(plan);
        await SubmitAsync(store, plan);
        await store.Store.History.SaveEnvironmentAsync("e", "{}");
        var before = await ReadJobsAsync();
        var lease = LeaseId.New();

        var begun = (await store.Store.Leases.BeginPacksAsync(
            id, plan, [(new PackStart(lease, new(0), "w", Samples.Environment, Parts: 1), "e")]))[0];
        await store.Store.Attempts.ApplyAsync(id, [.. begun.Begun.Select(job => JobReport.Completed(job, new(1), Samples.Result(1)))],
            JobState.Queued);
        await store.Store.Leases.EndLeasesAsync(id, plan, [new EndedLease(new(0), lease)], JobState.Queued);
        var read = await ReadJobsAsync() - before;

        var jobs = plan.Positions.Count(job => plan.Pack(job).Value == 0);
        Assert.True(plan.JobCount > 20 * jobs);
        // The begin and the end of a lease read the pack; each change reads the job's own row.
        Assert.True(read <= 10 * jobs, $"{read} rows of the jobs were read for a pack of {jobs}");

        async Task<long> ReadJobsAsync()
        {
            await store.CloseAsync();
            return (await store.ReadAsync<long>("""
                SELECT (seq_tup_read + idx_tup_fetch)::bigint AS "Value" FROM pg_stat_user_tables WHERE relname = 'jobs'
                """))[0];
        }
    }

    [Fact]
    public async Task What_is_asked_before_a_deletion_or_a_submission_and_the_deletion_itself_do_not_grow_with_the_sweeps()
    {
        await using var store = await TestStore.CreateAsync("postgres", server);
        await SubmitAsync(store, _plan);
        await store.ExecuteAsync($"UPDATE sweeps SET state = {(int)SweepState.Cancelled}");
        var few = await CountAsync();
        for (var i = 0; i < 20; i++) await SubmitAsync(store, Plan($"more-{i}", seeds: 3));
        await store.ExecuteAsync($"UPDATE sweeps SET state = {(int)SweepState.Cancelled}");

        Assert.Equal(few, await CountAsync());

        async Task<(int Sizes, int Unfinished, int Deletion)> CountAsync()
        {
            using var statements = new Statements();
            await store.Store.Sizes.ReadAsync();
            var sizes = statements.Count;
            await store.Store.Jobs.UnfinishedByPersonAsync(new("none-00000000"));
            var unfinished = statements.Count - sizes;
            var before = statements.Count;
            var victim = (await store.Store.Sweeps.ListAsync(0, 1)).Sweeps[0].Id;
            Assert.True(await store.Store.Removal.DeleteAsync(new(victim), keepResults: false));
            await store.Store.Removal.CollectAsync();
            return (sizes, unfinished, statements.Count - before);
        }
    }

    private static SweepPlan Plan(string name, int seeds) =>
        SweepStoreTests.Plan(
            $$"""{"name": "{{name}}", "datasets": ["dtd"], "seeds": [{{string.Join(", ", Enumerable.Range(1, seeds))}}], "arms": [{"method": "adapt", "tTarget": [128, 64]}]}""");

    private static Task SubmitAsync(TestStore store, SweepPlan plan) =>
        store.Store.Submissions.CreateAsync(JobIdentity.Of(plan), plan, new SubmitOptions
        {
            UseCache = false,
        });

    /// <summary>Counts the statements that this test sends.</summary>
    private sealed class Statements : IDisposable
    {
        private readonly Activity _test = new Activity("test").Start();
        private readonly ActivityListener _listener;
        private int _count;

        public Statements()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Npgsql",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                    { if (activity.TraceId == _test.TraceId && activity.Kind == ActivityKind.Client) Interlocked.Increment(ref _count); },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public int Count => Volatile.Read(ref _count);

        public void Dispose()
        {
            _listener.Dispose();
            _test.Dispose();
        }
    }

    private static async Task<int> CountedAsync(TestStore store) =>
        (await store.ReadAsync<int>("""SELECT reltuples::int AS "Value" FROM pg_class WHERE relname = 'jobs'"""))[0];
}
