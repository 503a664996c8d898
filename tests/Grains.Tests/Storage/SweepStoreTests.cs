using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Planning;
using AdaptCluster.Grains.Specs;
using AdaptCluster.Grains.Storage;
using AdaptCluster.Grains.Tests.Planning;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptCluster.Grains.Tests.Storage;

public sealed class SweepStoreTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-store-").FullName;
    private readonly SweepPlan _plan = new Planner(new FixedCatalog(("dtd", 47))).Plan(SpecParser.Parse("""{"datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": [128, 64]}]}""", "spec.json"));
    private readonly SweepId _sweep;
    private SweepStore _store = null!;

    public SweepStoreTests() => _sweep = JobIdentity.Of(_plan);

    private JobId Job => _plan.Jobs[0].Id;

    public async ValueTask InitializeAsync()
    {
        _store = Open();
        await _store.InitializeAsync();
        await _store.CreateAsync(_sweep, _plan);
    }

    public ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_sweep_comes_back_as_it_was_planned()
    {
        var stored = (await Open().LoadAsync(_sweep))!;

        Assert.Equal(_plan.Jobs.Select(job => job.Id.Value), stored.Jobs.Select(job => job.JobId));
        Assert.Equal(_plan.Rows.Select(row => row.Label), stored.Plan.Rows.Select(row => row.Label));
        Assert.Equal(_plan.Rows[0].Cells[0].Candidates[0].Jobs, stored.Plan.Rows[0].Cells[0].Candidates[0].Jobs);
        Assert.All(stored.Jobs, job => Assert.Equal((JobState.Queued, 0), (job.State, job.Attempt)));
    }

    [Fact]
    public async Task Creating_the_same_sweep_again_changes_nothing()
    {
        await _store.BeginAttemptAsync(_sweep, Job, 1, "w");

        await _store.CreateAsync(_sweep, _plan);

        Assert.Equal(1, (await _store.LoadAsync(_sweep))!.Jobs[0].Attempt);
    }

    [Fact]
    public async Task Only_the_current_attempt_writes_and_a_result_counts_once()
    {
        Assert.True(await _store.BeginAttemptAsync(_sweep, Job, 1, "first"));
        Assert.True(await _store.SaveEpochAsync(_sweep, Job, 1, Epoch(1)));
        Assert.False(await _store.BeginAttemptAsync(_sweep, Job, 1, "twin"));
        Assert.True(await _store.BeginAttemptAsync(_sweep, Job, 2, "second"));

        Assert.False(await _store.SaveEpochAsync(_sweep, Job, 1, Epoch(2)));
        Assert.False(await _store.CompleteAsync(_sweep, Job, 1, Result(1)));
        Assert.False(await _store.EndAttemptAsync(_sweep, Job, 1, AttemptOutcome.Failed, JobState.Failed, "late"));
        Assert.True(await _store.CompleteAsync(_sweep, Job, 2, Result(2)));
        Assert.False(await _store.CompleteAsync(_sweep, Job, 2, Result(3)));
        Assert.False(await _store.BeginAttemptAsync(_sweep, Job, 3, "third"));

        var job = (await _store.LoadAsync(_sweep))!.Jobs[0];
        Assert.Equal(JobState.Completed, job.State);
        Assert.Contains("\"testCorrect\":2,", job.ResultJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_goes_on_from_the_last_epoch_that_was_kept_and_the_checkpoint_goes_with_the_result()
    {
        await _store.BeginAttemptAsync(_sweep, Job, 1, "w");
        Assert.Null(await _store.CheckpointAsync(_sweep, Job));
        await _store.SaveEpochAsync(_sweep, Job, 1, Epoch(1));
        await _store.SaveEpochAsync(_sweep, Job, 1, Epoch(2));
        Assert.True(await _store.SaveEpochAsync(_sweep, Job, 1, Epoch(2)));

        Assert.Equal([2], await _store.CheckpointAsync(_sweep, Job));
        await _store.CompleteAsync(_sweep, Job, 1, Result(1));
        Assert.Null(await _store.CheckpointAsync(_sweep, Job));
    }

    [Fact]
    public async Task A_sweep_whose_process_is_gone_is_interrupted_and_its_jobs_wait()
    {
        await _store.BeginAttemptAsync(_sweep, Job, 1, "w");

        await _store.MarkInterruptedAsync();

        var stored = (await _store.LoadAsync(_sweep))!;
        Assert.Equal(SweepState.Interrupted, stored.Sweep.State);
        Assert.All(stored.Jobs, job => Assert.Equal(JobState.Queued, job.State));
        Assert.Equal(1, stored.Jobs[0].Attempt);
        Assert.Empty(await _store.UnfinishedPacksAsync());
    }

    [Fact]
    public async Task A_store_of_another_version_and_a_damaged_one_are_refused_in_the_users_words()
    {
        await using (var connection = new SqliteConnection($"Data Source={StoreFile}"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = new SqliteCommand("PRAGMA user_version = 99", connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
        var version = await Assert.ThrowsAsync<InvalidInputException>(() => Open().InitializeAsync());
        Assert.StartsWith("the store has schema version 99, this program needs 1", version.Message, StringComparison.Ordinal);

        SqliteConnection.ClearAllPools();
        File.Delete(StoreFile + "-wal");
        await File.WriteAllTextAsync(StoreFile, new string('x', 8192), TestContext.Current.CancellationToken);
        var damaged = await Assert.ThrowsAsync<StoreException>(() => Open().InitializeAsync());
        Assert.StartsWith("the store's file is damaged", damaged.Message, StringComparison.Ordinal);
    }

    private string StoreFile => Path.Combine(_folder, "store.db");

    private SweepStore Open()
    {
        var services = new ServiceCollection();
        services.AddSweepGrains(StoreFile, _ => { });
        return services.BuildServiceProvider().GetRequiredService<SweepStore>();
    }

    private static EpochReport Epoch(int epoch) => new()
    {
        Epoch = epoch,
        Iterations = 10,
        Loss = 1,
        TrainAccuracy = 50,
        LearningRate = 0.1,
        ImageContextTokens = 3,
        TextContextTokens = 4,
        Duration = TimeSpan.FromSeconds(1),
        PruneSteps = [new() { Iteration = epoch * 10, ImageMask = [1], TextMask = [0] }],
        Checkpoint = [(byte)epoch],
    };

    private static JobResult Result(int correct) => new()
    {
        TestCorrect = correct,
        TestTotal = 10,
        ValidationCorrect = 1,
        ValidationTotal = 2,
        ImageContextTokens = 1,
        TextContextTokens = 2,
        TrainableParameters = 3,
        MultiplyAdds = 4,
        Duration = TimeSpan.Zero,
        Device = "test",
        Prompts = [9],
    };
}
