using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace AdaptCluster.Storage.Tests;

/// <summary>The promises of the store, on SQLite.</summary>
public sealed class SqliteStoreTests : SweepStoreTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-store-").FullName;

    public override ValueTask DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        return base.DisposeAsync();
    }

    protected override Task<StoreDatabase> DatabaseAsync() => Task.FromResult(StoreDatabase.Sqlite(Path.Combine(_folder, "store.db")));
}

/// <summary>The promises of the store, on PostgreSQL.</summary>
public sealed class PostgresStoreTests(PostgresServer server) : SweepStoreTests
{
    private StoreDatabase? _database;

    protected override async Task<StoreDatabase> DatabaseAsync() =>
        _database ??= StoreDatabase.Postgres(await server.CreateDatabaseAsync(), "test");
}

public abstract partial class SweepStoreTests : IAsyncLifetime
{
    private const string Spec = """{"datasets": ["dtd"], "seeds": [1, 2], "arms": [{"method": "adapt", "tTarget": [128, 64]}]}""";
    private readonly SweepPlan _plan = Plan(Spec);
    private readonly List<IAsyncDisposable> _opened = [];
    private readonly Dictionary<int, LeaseId> _leases = [];
    private readonly SweepId _sweep;
    private SweepStore _store = null!;

    protected SweepStoreTests() => _sweep = JobIdentity.Of(_plan);

    public async ValueTask InitializeAsync()
    {
        _store = await OpenAsync();
        await _store.Schema.MigrateAsync();
        await _store.Submissions.CreateAsync(_sweep, _plan, new SubmitOptions());
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var services in _opened) await services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<StoreDatabase> DatabaseAsync();

    [Fact]
    public async Task A_sweep_comes_back_as_it_was_planned()
    {
        var stored = (await (await OpenAsync()).Sweeps.FindAsync(_sweep))!;

        Assert.Equal(_sweep, JobIdentity.Of(stored.Plan));
        Assert.Equal([new GroupCount(0, JobState.Queued, 2, 0, 0), new GroupCount(1, JobState.Queued, 2, 0, 0)],
            (await _store.Jobs.LoadAsync(_sweep, 2)).Counts.OrderBy(count => count.Group));
        Assert.Equal([(0, 18800L), (1, 18800L)], (await _store.Leases.UnfinishedPacksAsync(_sweep, _plan))
            .Select(pack => (pack.Pack.Value, pack.Iterations / 2)).Order());
        Assert.Equal(Enumerable.Range(0, 4).Select(position => JobIdentity.Of(_plan, new JobPosition(position)).Value),
            (await _store.Jobs.JobsAsync(_sweep, JobState.Queued, 10)).Select(job => job.JobId));
    }

    [Fact]
    public async Task Creating_the_same_sweep_again_changes_nothing()
    {
        await BeginAsync(0);

        await _store.Submissions.CreateAsync(_sweep, _plan, new SubmitOptions());

        Assert.Equal(2, (await _store.Jobs.JobsAsync(_sweep, JobState.Running, 10)).Count);
    }

    [Fact]
    public async Task Migrations_may_run_twice_and_at_once()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync()));

        // SQLite has one process by the home folder's lock, so there only the repetition is promised.
        if ((await DatabaseAsync()).IsPostgres) await Task.WhenAll(stores.Select(store => store.Schema.MigrateAsync()));
        else foreach (var store in stores) await store.Schema.MigrateAsync();

        await _store.Schema.CheckSchemaAsync();
        Assert.NotNull(await _store.Sweeps.FindAsync(_sweep));
    }

    [Fact]
    public async Task A_sweep_ends_when_nothing_is_open_in_the_store_and_not_before()
    {
        await BeginAsync(0);
        await ReportAsync(
            JobReport.Completed(new(0), new(1), Samples.Result(1)), JobReport.Failed(new(2), new(1), new("bad", Retry: false)));
        Assert.Null(await _store.Sweeps.EndSweepAsync(_sweep));
        await BeginAsync(1);
        await ReportAsync(JobReport.Completed(new(1), new(1), Samples.Result(1)), JobReport.Completed(new(3), new(1), Samples.Result(1)));

        Assert.Equal(SweepState.Failed, (await _store.Sweeps.EndSweepAsync(_sweep))?.State);
        Assert.Null(await _store.Sweeps.EndSweepAsync(_sweep));
        Assert.False(await _store.Sweeps.ReopenAsync(_sweep));
    }

    [Fact]
    public async Task A_sweep_that_says_it_has_ended_and_has_unfinished_jobs_is_opened_again()
    {
        await _store.Sweeps.SetStateAsync(_sweep, SweepState.Completed);
        Assert.True(await _store.Sweeps.ReopenAsync(_sweep));
        Assert.Equal(SweepState.Running, (await _store.Sweeps.FindAsync(_sweep))!.Sweep.State);
    }

    [Fact]
    public async Task The_trainer_version_of_a_plan_is_kept_and_is_part_of_the_ids_of_its_jobs()
    {
        var other = _plan with { Trainer = 7 };
        var id = JobIdentity.Of(other);
        await _store.Submissions.CreateAsync(id, other, new SubmitOptions { Supersedes = _sweep.Value });

        var stored = (await _store.Sweeps.FindAsync(id))!;

        Assert.Equal((7, 7, _sweep.Value), (stored.Plan.Trainer, stored.Sweep.Trainer, stored.Sweep.Supersedes));
        Assert.NotEqual(_sweep, id);
        Assert.NotEqual(JobIdentity.Of(_plan, new JobPosition(0)), JobIdentity.Of(stored.Plan, new JobPosition(0)));
        Assert.Equal("7", JobIdentity.Key(stored.Plan, new(0))["trainer version"]);
        Assert.Equal(4, (await _store.Jobs.JobsAsync(id, JobState.Queued, 10)).Count);
    }

    [Fact]
    public async Task A_sweep_whose_process_is_gone_is_interrupted_and_its_jobs_wait()
    {
        await BeginAsync(0);

        await _store.Sweeps.MarkInterruptedAsync();

        Assert.Equal(SweepState.Interrupted, (await _store.Sweeps.FindAsync(_sweep))!.Sweep.State);
        Assert.Equal(4, (await _store.Jobs.JobsAsync(_sweep, JobState.Queued, 10)).Count);
        Assert.Equal(AttemptOutcome.Lost, Assert.Single(await AttemptsAsync(0)).Outcome);
        Assert.Empty(await _store.Sweeps.OpenSweepsAsync());
    }

    [Fact]
    public async Task A_later_sweep_takes_over_the_results_of_identical_jobs_and_runs_the_rest()
    {
        await BeginAsync(0);
        TargetResult[] targets = [new("new", 3, 4), new("an \"odd\" name", 0, 9)];
        await ReportAsync(JobReport.Completed(new(0), new(1), Samples.Result(7) with { Targets = targets }));
        var wider = Plan(Spec.Replace("[128, 64]", "[128, 32]", StringComparison.Ordinal));
        Assert.Equal(1, await _store.Cache.CountCachedAsync(wider));

        var id = JobIdentity.Of(wider);
        await _store.Submissions.CreateAsync(id, wider, new SubmitOptions());

        var taken = Assert.Single(await _store.Jobs.JobsAsync(id, JobState.Completed, 10));
        Assert.Equal((0, _sweep.Value, 7), (taken.Position, taken.CachedFrom, taken.Result!.TestCorrect));
        Assert.Equal(targets, taken.Result.Targets);
        Assert.Equal(3, (await _store.Jobs.JobsAsync(id, JobState.Queued, 10)).Count);
        var summary = (await _store.Sweeps.ListAsync(0, 10)).Sweeps.Single(sweep => sweep.Id == id.Value);
        Assert.Equal((4, 1, 0, 1), (summary.Jobs.Total, summary.Jobs.Completed, summary.Jobs.Failed, summary.Jobs.Cached));
    }

    [Theory]
    [InlineData(7, false)]
    [InlineData(8, true)]
    public async Task A_cached_result_that_is_checked_alarms_when_it_differs(int testCorrect, bool differs)
    {
        await BeginAsync(0);
        await ReportAsync(JobReport.Completed(new(0), new(1), Samples.Result(7)));
        var renamed = Plan(Spec.Replace("{\"datasets\"", "{\"name\": \"again\", \"datasets\"", StringComparison.Ordinal));
        var id = JobIdentity.Of(renamed);
        await _store.Submissions.CreateAsync(id, renamed, new SubmitOptions { VerifyCache = 1 });
        Assert.True((await _store.Jobs.LoadAsync(id, 2)).Verifies);

        await _store.Leases.BeginPacksAsync(id, renamed, [(Start(LeaseId.New(), 0), "e")]);
        await _store.Attempts.ApplyAsync(id, [JobReport.Completed(new(0), new(1), Samples.Result(testCorrect))], JobState.Queued);

        Assert.Equal(differs ? [new(0)] : [], await _store.Cache.CheckCacheAsync(id, [new(0)]));
        Assert.Equal(differs ? 1 : 0, (await _store.Jobs.LoadAsync(id, 2)).Mismatches.Count);
        Assert.Equal(differs, (await _store.Jobs.CacheMismatchesAsync(id, 10))
            .Exists(job => job.Error!.Contains("test 7/100", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_cookie_key_is_kept_and_never_replaced()
    {
        await _store.CookieKeys.AddCookieKeyAsync("a", "<key id=\"1\" />");
        await _store.CookieKeys.AddCookieKeyAsync("a", "<key id=\"2\" />");
        await _store.CookieKeys.AddCookieKeyAsync("b", "<key id=\"3\" />");

        Assert.Equal(["<key id=\"1\" />", "<key id=\"3\" />"], await (await OpenAsync()).CookieKeys.CookieKeysAsync());
    }

    [Fact]
    public async Task Without_the_cache_every_job_runs()
    {
        await BeginAsync(0);
        await ReportAsync(JobReport.Completed(new(0), new(1), Samples.Result(7)));
        var renamed = Plan(Spec.Replace("{\"datasets\"", "{\"name\": \"again\", \"datasets\"", StringComparison.Ordinal));
        await _store.Submissions.CreateAsync(JobIdentity.Of(renamed), renamed, new SubmitOptions { UseCache = false });

        Assert.Equal(4, (await _store.Jobs.JobsAsync(JobIdentity.Of(renamed), JobState.Queued, 10)).Count);
    }

    /// <summary>A plan with a pack for each seed: the smallest sweep with several packs.</summary>
    internal static SweepPlan Plan(string spec) => KnownMethods.Plan(new FixedCatalog(("dtd", 47)), spec) with
    {
        SeedsPerPack = 1,
    };

    /// <summary>Begins a pack under a new lease, after its last one has ended without its worker.</summary>
    private async Task<PackBeginning> BeginAsync(int pack, LeaseId? lease = null, int parts = 0)
    {
        if (_leases.TryGetValue(pack, out var last) && last != lease)
            await _store.Leases.EndLeasesAsync(_sweep, _plan, [new(new(pack), last)], JobState.Queued);
        _leases[pack] = lease ?? LeaseId.New();
        await _store.History.SaveEnvironmentAsync("e", System.Text.Json.JsonSerializer.Serialize(
            Samples.Environment, Contracts.AdaptClusterJson.Compact));
        var begun = (await _store.Leases.BeginPacksAsync(_sweep, _plan, [(Start(_leases[pack], pack, parts), "e")]))[0];
        var checkpoints = await _store.Leases.CheckpointsAsync(_sweep, [.. begun.Assignments.Select(job => job.Position)]);
        return begun with
        {
            Assignments = [.. begun.Assignments.Select(job => job with { Checkpoint = checkpoints.GetValueOrDefault(job.Position) })],
        };
    }

    private static PackStart Start(LeaseId lease, int pack, int parts = 0) => new(lease, new(pack), "w", Samples.Environment, Parts: parts);

    private async Task<JobState?[]> ReportAsync(params JobReport[] reports) =>
        [.. (await _store.Attempts.ApplyAsync(_sweep, reports, JobState.Queued)).Select(answer => answer.State)];

    private async Task<JobAttempt[]> AttemptsAsync(int position) =>
        await _store.History.AttemptsAsync(
            _sweep, (await _store.Jobs.FindJobsAsync(_sweep, JobIdentity.Of(_plan, new JobPosition(position)).Value, limit: 1))[0]);

    private async Task<SweepStore> OpenAsync()
    {
        var services = new ServiceCollection().AddStore(await DatabaseAsync()).BuildServiceProvider();
        _opened.Add(services);
        return services.GetRequiredService<SweepStore>();
    }
}
