using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage.Tests;

/// <summary>A sweep that is deleted is gone whole, and takes nothing that another has of it.</summary>
public sealed class RemovalTests(PostgresServer server)
{
    private static readonly string[] Tables =
        ["sweeps", "jobs", "attempts", "epochs", "prune_steps", "checkpoints", "job_artifacts", "contents"];

    private readonly SweepPlan _plan = Plan("first");

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_sweep_by_itself_leaves_no_row_behind(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await CompleteAsync(store.Store, _plan);
        Assert.DoesNotContain(0, await CountsAsync(store, "sweeps", "jobs", "attempts", "epochs", "prune_steps", "contents"));

        Assert.True(await store.Store.Removal.DeleteAsync(Id(_plan), keepResults: false));
        await store.Store.Removal.CollectAsync();

        Assert.All(await CountsAsync(store, Tables), count => Assert.Equal(0, count));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task What_others_took_over_stays_with_them_and_answers_those_that_come_later(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await CompleteAsync(store.Store, _plan);
        var (heir, other, later) = (Plan("a heir"), Plan("b other"), Plan("later"));
        await store.Store.Submissions.CreateAsync(Id(heir), heir, new SubmitOptions());
        await store.Store.Submissions.CreateAsync(Id(other), other, new SubmitOptions());
        var before = await SeenAsync(store.Store, heir, other);

        Assert.True(await store.Store.Removal.DeleteAsync(Id(_plan), keepResults: false));
        Assert.Equal(0, await store.Store.Removal.CollectAsync());
        await store.Store.Submissions.CreateAsync(Id(later), later, new SubmitOptions());

        Assert.Equal(before, await SeenAsync(store.Store, heir, other));
        Assert.Equal(_plan.JobCount, (await store.Store.Jobs.CountAsync(Id(later)))[JobState.Completed]);
        var first = Enumerable.MinBy([Id(heir).Value, Id(other).Value], id => id, StringComparer.Ordinal);
        var origins = await store.ReadAsync<string>("""SELECT coalesce(cached_from, sweep_id) AS "Value" FROM jobs""");
        Assert.All(origins, origin => Assert.Equal(first, origin));
        // The one that has them now says on what and how often they ran.
        var row = (await store.Store.Jobs.JobsAsync(new(first!), JobState.Completed, 1))[0];
        Assert.Equal("w", Assert.Single(await store.Store.History.AttemptsAsync(new(first!), row)).Worker);
        Assert.Equal((4, 12), ((await CountsAsync(store, "contents"))[0], (await CountsAsync(store, "job_artifacts"))[0]));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_sweep_that_keeps_its_results_has_its_table_still_and_nothing_heavy(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await CompleteAsync(store.Store, _plan);
        var results = await store.Store.Jobs.ResultsAsync(Id(_plan));

        Assert.True(await store.Store.Removal.DeleteAsync(Id(_plan), keepResults: true));
        await store.Store.Removal.CollectAsync();

        Assert.Equal(results, await store.Store.Jobs.ResultsAsync(Id(_plan)));
        Assert.Equal((int[])[1, 4, 0, 0, 0, 0],
            await CountsAsync(store, "sweeps", "jobs", "epochs", "prune_steps", "job_artifacts", "contents"));
        Assert.True((await store.Store.Sizes.ReadAsync())[0] is { IsReduced: true, Heavy: 0 });
        // Its results answer still.
        var again = Plan("again");
        await store.Store.Submissions.CreateAsync(Id(again), again, new SubmitOptions());
        Assert.Equal(_plan.JobCount, (await store.Store.Jobs.CountAsync(Id(again)))[JobState.Completed]);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_sweep_that_runs_or_of_which_a_job_is_leased_stays_as_it_is(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await store.Store.Submissions.CreateAsync(Id(_plan), _plan, new SubmitOptions());
        Assert.False(await store.Store.Removal.DeleteAsync(Id(_plan), keepResults: false));
        await store.Store.History.SaveEnvironmentAsync("e", "{}");
        await store.Store.Leases.BeginPacksAsync(Id(_plan), _plan, [(new PackStart(LeaseId.New(), new(0), "w", Samples.Environment), "e")]);
        await store.ExecuteAsync($"UPDATE sweeps SET state = {(int)SweepState.Cancelled}");

        Assert.False(await store.Store.Removal.DeleteAsync(Id(_plan), keepResults: false));
        Assert.False(await store.Store.Removal.DeleteAsync(Id(_plan), keepResults: true));

        Assert.Equal((int[])[1, 4], await CountsAsync(store, "sweeps", "jobs"));
        Assert.False(await store.Store.Removal.DeleteAsync(new("none-00000000"), keepResults: false));
    }

    [Fact]
    public async Task Of_two_silos_that_delete_at_once_one_does()
    {
        await using var store = await TestStore.CreateAsync("postgres", server);
        await CompleteAsync(store.Store, _plan);
        var heir = Plan("heir");
        await store.Store.Submissions.CreateAsync(Id(heir), heir, new SubmitOptions());
        await using var beside = store.Beside();
        var before = await SeenAsync(store.Store, heir);

        var deleted = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            var done = await (i % 2 == 0 ? store : beside).Store.Removal.DeleteAsync(Id(_plan), keepResults: false);
            await (i % 2 == 0 ? store : beside).Store.Removal.CollectAsync();
            return done;
        }));

        Assert.Single(deleted, done => done);
        Assert.Equal(before, await SeenAsync(store.Store, heir));
    }

    [Theory]
    [InlineData("heirs")]
    [InlineData("epochs")]
    [InlineData("attempts")]
    [InlineData("jobs")]
    public async Task A_silo_that_dies_in_the_middle_has_deleted_nothing_and_the_next_one_deletes_all(string table)
    {
        await using var store = await TestStore.CreateAsync("postgres", server);
        await CompleteAsync(store.Store, _plan);
        var heir = Plan("heir");
        await store.Store.Submissions.CreateAsync(Id(heir), heir, new SubmitOptions());
        var before = await SeenAsync(store.Store, _plan, heir);
        var counts = await CountsAsync(store, Tables);
        await using var dying = store.Beside("Application Name=dying;Pooling=false");
        // It stands still at a statement in the middle, and is killed there.
        var stop = table == "heirs" ? "LOCK TABLE job_artifacts IN SHARE MODE" : $"LOCK TABLE {table} IN SHARE MODE";
        await using (await store.LockAsync(stop))
        {
            var deletion = dying.Store.Removal.DeleteAsync(Id(_plan), keepResults: false);
            await KillAsync(store, "dying");
            await Assert.ThrowsAnyAsync<Exception>(() => deletion);
        }

        Assert.Equal(counts, await CountsAsync(store, Tables));
        Assert.Equal(before, await SeenAsync(store.Store, _plan, heir));
        Assert.True(await store.Store.Removal.DeleteAsync(Id(_plan), keepResults: false));
        Assert.Equal(before[_plan.JobCount..], await SeenAsync(store.Store, heir));
    }

    [Fact]
    public async Task Prompts_that_a_report_has_just_found_in_the_store_outlive_the_sweep_that_brought_them()
    {
        await using var store = await TestStore.CreateAsync("postgres", server);
        await CompleteAsync(store.Store, _plan);
        var other = Plan("other");
        await store.Store.Submissions.CreateAsync(Id(other), other, new SubmitOptions { UseCache = false });
        await BeginAsync(store.Store, other);
        await using var beside = store.Beside();
        // The report has found the prompts there and stands still before it refers to them.
        var locking = await store.LockAsync("LOCK TABLE job_artifacts IN SHARE ROW EXCLUSIVE MODE");
        var report = beside.Store.Attempts.ApplyAsync(Id(other), [Result(1)], JobState.Queued);
        await WaitsAsync(store, "job_artifacts");
        var deletion = store.Store.Removal.DeleteAsync(Id(_plan), keepResults: false);
        await locking.DisposeAsync();

        Assert.Equal(JobState.Completed, (await report)[0].State);
        Assert.True(await deletion);
        await store.Store.Removal.CollectAsync();
        Assert.Equal([1], await store.ReadAsync<int>(
            """SELECT count(*)::int AS "Value" FROM job_artifacts a JOIN contents c ON c.key = a.content_key"""));
        Assert.Equal((int[])[1], await CountsAsync(store, "contents"));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Checkpoints_of_sweeps_that_ended_long_ago_go_and_their_jobs_begin_anew(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await store.Store.Submissions.CreateAsync(Id(_plan), _plan, new SubmitOptions());
        await BeginAsync(store.Store, _plan);
        await store.Store.Attempts.ApplyAsync(Id(_plan),
        [
            JobReport.EpochDone(new(0), new(1), Samples.Epoch(1)), JobReport.Failed(new(0), new(1), new("broken", Retry: false)),
            .. Enumerable.Range(1, 3).Select(position => Result(position)),
        ], JobState.Queued);
        await store.Store.Sweeps.EndSweepAsync(Id(_plan));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

        Assert.Equal(0, await store.Store.Removal.DropCheckpointsAsync(now - 3_600_000));
        Assert.Equal(1, await store.Store.Removal.DropCheckpointsAsync(now + 3_600_000));

        Assert.Equal((int[])[0], await CountsAsync(store, "checkpoints"));
        Assert.Equal([0], await store.ReadAsync<int>("""SELECT epoch AS "Value" FROM jobs WHERE position = 0"""));
    }

    [Fact]
    public async Task A_SQLite_file_gives_what_was_deleted_back_to_the_disk()
    {
        await using var store = await TestStore.CreateAsync("sqlite", server);
        await CompleteAsync(store.Store, _plan, bytes: 1 << 20);
        var file = new FileInfo(store.Database.ToString());
        await store.Store.Removal.DeleteAsync(Id(_plan), keepResults: false);
        await store.Store.Removal.CollectAsync();

        // Reports of a sweep that runs would wait for it.
        await store.Store.Submissions.CreateAsync(Id(_plan), _plan, new SubmitOptions());
        Assert.Equal(0, await store.Store.Removal.CompactAsync());
        await store.Store.Sweeps.SetStateAsync(Id(_plan), SweepState.Paused);

        Assert.InRange(await store.Store.Removal.CompactAsync(), 4 << 20, 6 << 20);

        file.Refresh();
        Assert.InRange(file.Length, 1, 1 << 20);
        Assert.Equal(0, await store.Store.Removal.CompactAsync());
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Prompts_that_several_sweeps_have_are_freed_by_the_last_of_those_that_can_be_deleted(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        await CompleteAsync(store.Store, _plan, bytes: 1000);
        var (second, open) = (Plan("second"), Plan("open"));
        await store.Store.Submissions.CreateAsync(Id(second), second, new SubmitOptions());
        await store.Store.Sweeps.EndSweepAsync(Id(second));

        var sizes = await store.Store.Sizes.ReadAsync();
        Assert.Equal([(0L, 4), (4000L, 0)], sizes.Select(size => (size.ContentBytes, size.Answered)));
        Assert.Equal((0L, 4), (await store.Store.Sizes.ReadAsync(Id(_plan))).Select(size => (size.ContentBytes, size.Answered)).Single());

        await store.Store.Submissions.CreateAsync(Id(open), open, new SubmitOptions());
        Assert.Equal([0L, 0L, 4000L], (await store.Store.Sizes.ReadAsync()).Select(size => size.ContentBytes));
    }

    private static SweepId Id(SweepPlan plan) => JobIdentity.Of(plan);

    /// <summary>Four jobs: the same for every name.</summary>
    private static SweepPlan Plan(string name) =>
        SweepStoreTests.Plan(
            $$"""{"name": "{{name}}", "datasets": ["dtd"], "seeds": [1, 2], "arms": [{"method": "adapt", "tTarget": [128, 64]}]}""");

    private static JobReport Result(int position) => Result(position, 10);

    private static JobReport Result(int position, int bytes)
    {
        var prompts = new byte[bytes];
        new Random(position).NextBytes(prompts);
        return JobReport.Completed(new(position), new(1), Samples.Result(position) with { Prompts = prompts });
    }

    private static async Task BeginAsync(SweepStore store, SweepPlan plan)
    {
        await store.History.SaveEnvironmentAsync("e", JsonSerializer.Serialize(Samples.Environment, AdaptClusterJson.Compact));
        for (var pack = 0; pack < plan.PackCount; pack++)
            await store.Leases.BeginPacksAsync(Id(plan), plan, [(new PackStart(LeaseId.New(), new(pack), "w", Samples.Environment), "e")]);
    }

    private static async Task CompleteAsync(SweepStore store, SweepPlan plan, int bytes = 10)
    {
        await store.Submissions.CreateAsync(Id(plan), plan, new SubmitOptions());
        await BeginAsync(store, plan);
        var epochs = plan.Positions.Select(position => JobReport.EpochDone(position, new(1), Samples.Epoch(position.Value + 1)));
        await store.Attempts.ApplyAsync(Id(plan), [.. epochs], JobState.Queued);
        await store.Attempts.ApplyAsync(Id(plan), [.. plan.Positions.Select(position => Result(position.Value, bytes))], JobState.Queued);
        Assert.Equal(SweepState.Completed, (await store.Sweeps.EndSweepAsync(Id(plan)))?.State);
    }

    /// <summary>What users see of each job: its result, its epochs and its masks.</summary>
    private static async Task<string[]> SeenAsync(SweepStore store, params SweepPlan[] plans)
    {
        var seen = new List<string>();
        foreach (var plan in plans)
        {
            foreach (var job in await store.Jobs.JobsAsync(Id(plan), JobState.Completed, 100))
            {
                var (epochs, prunes) = await store.History.HistoryAsync(Id(plan), job);
                seen.Add($"{job.JobId} {job.Result!.TestCorrect} {string.Join(',', epochs.Select(epoch => epoch.Epoch))} "
                    + string.Join(',', prunes.Select(step => step.Iteration)));
            }
        }
        return [.. seen];
    }

    private static async Task<int[]> CountsAsync(TestStore store, params string[] tables)
    {
        var counts = new List<int>();
        foreach (var table in tables) counts.AddRange(await store.ReadAsync<int>($"""SELECT CAST(count(*) AS int) AS "Value" FROM {table}"""));
        return [.. counts];
    }

    /// <summary>Kills a process's connection as soon as it waits for a lock.</summary>
    private static async Task KillAsync(TestStore store, string name)
    {
        for (var killed = false; !killed; await Task.Delay(20))
        {
            killed = (await store.ReadAsync<bool>($"""
                SELECT pg_terminate_backend(pid) AS "Value" FROM pg_stat_activity WHERE application_name = '{name}' AND wait_event_type = 'Lock'
                """)).Count > 0;
        }
    }

    /// <summary>Waits until somebody waits for a table.</summary>
    private static async Task WaitsAsync(TestStore store, string table)
    {
        while ((await store.ReadAsync<int>($"""
            SELECT count(*)::int AS "Value" FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass
            """))[0] == 0) await Task.Delay(20);
    }
}
