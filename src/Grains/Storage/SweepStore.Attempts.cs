using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.EntityFrameworkCore;

namespace AdaptCluster.Grains.Storage;

/// <summary>What workers write. Every write is conditional on the attempt number, so a lost worker that comes back changes nothing.</summary>
internal sealed partial class SweepStore
{
    /// <summary>Starts the next attempt of a job; an earlier one that is still open is lost.</summary>
    /// <returns>False when the job has moved on meanwhile.</returns>
    public Task<bool> BeginAttemptAsync(SweepId sweep, JobId job, int attempt, string worker) => TransactAsync(async db =>
    {
        var begun = await db.Jobs
            .Where(j => j.SweepId == sweep.Value && j.JobId == job.Value && j.Attempt == attempt - 1 && (j.State == JobState.Queued || j.State == JobState.Running))
            .ExecuteUpdateAsync(set => set.SetProperty(j => j.Attempt, attempt).SetProperty(j => j.State, JobState.Running));
        if (begun == 0) return false;
        await db.Attempts.Where(a => a.SweepId == sweep.Value && a.JobId == job.Value && a.Outcome == AttemptOutcome.Open)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.Outcome, AttemptOutcome.Lost).SetProperty(a => a.EndedMs, NowMs));
        db.Attempts.Add(new AttemptEntity { SweepId = sweep.Value, JobId = job.Value, Number = attempt, Worker = worker, StartedMs = NowMs, Outcome = AttemptOutcome.Open });
        await db.SaveChangesAsync();
        return true;
    });

    /// <summary>The state that a job goes on from; null to start afresh.</summary>
    public Task<byte[]?> CheckpointAsync(SweepId sweep, JobId job) => RunAsync(db =>
        db.Checkpoints.Where(c => c.SweepId == sweep.Value && c.JobId == job.Value).Select(c => c.Content).SingleOrDefaultAsync());

    /// <summary>Keeps an epoch with its prune steps and checkpoint.</summary>
    /// <returns>False when the attempt is not the current one: nothing was written.</returns>
    public Task<bool> SaveEpochAsync(SweepId sweep, JobId job, int attempt, EpochReport report) => TransactAsync(async db =>
    {
        if (await Current(db, sweep, job, attempt).ExecuteUpdateAsync(set => set.SetProperty(j => j.Epoch, report.Epoch)) == 0) return false;
        // A report whose answer was lost is sent again.
        if (await db.Epochs.AnyAsync(e => e.SweepId == sweep.Value && e.JobId == job.Value && e.Epoch == report.Epoch)) return true;
        db.Epochs.Add(new EpochEntity
        {
            SweepId = sweep.Value,
            JobId = job.Value,
            Epoch = report.Epoch,
            Attempt = attempt,
            Loss = report.Loss,
            TrainAccuracy = report.TrainAccuracy,
            LearningRate = report.LearningRate,
            ImageContextTokens = report.ImageContextTokens,
            TextContextTokens = report.TextContextTokens,
            Seconds = report.Duration.TotalSeconds,
        });
        db.PruneSteps.AddRange(report.PruneSteps.Select(step => new PruneStepEntity
        {
            SweepId = sweep.Value,
            JobId = job.Value,
            Iteration = step.Iteration,
            ImageMask = step.ImageMask,
            TextMask = step.TextMask,
        }));
        var kept = await db.Checkpoints.Where(c => c.SweepId == sweep.Value && c.JobId == job.Value)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.Epoch, report.Epoch).SetProperty(c => c.Content, report.Checkpoint));
        if (kept == 0) db.Checkpoints.Add(new CheckpointEntity { SweepId = sweep.Value, JobId = job.Value, Epoch = report.Epoch, Content = report.Checkpoint });
        await db.SaveChangesAsync();
        return true;
    });

    /// <summary>Keeps a job's result and drops its checkpoint.</summary>
    /// <returns>False when the attempt is not the current one: the result was refused.</returns>
    public Task<bool> CompleteAsync(SweepId sweep, JobId job, int attempt, JobResult result) => TransactAsync(async db =>
    {
        var json = JsonSerializer.Serialize(result with { Prompts = null }, AdaptClusterJson.Compact);
        var accepted = await Current(db, sweep, job, attempt).ExecuteUpdateAsync(set => set
            .SetProperty(j => j.State, JobState.Completed).SetProperty(j => j.ResultJson, json).SetProperty(j => j.Error, (string?)null));
        if (accepted == 0) return false;
        await EndAttemptAsync(db, sweep, job, attempt, AttemptOutcome.Completed, null);
        await db.Checkpoints.Where(c => c.SweepId == sweep.Value && c.JobId == job.Value).ExecuteDeleteAsync();
        if (result.Prompts is { } prompts)
            db.Artifacts.Add(new ArtifactEntity { SweepId = sweep.Value, JobId = job.Value, Name = "prompts.safetensors", Content = prompts });
        await db.SaveChangesAsync();
        return true;
    });

    /// <summary>Ends an attempt without a result; the job goes to <paramref name="next"/>.</summary>
    /// <returns>False when the attempt is not the current one.</returns>
    public Task<bool> EndAttemptAsync(SweepId sweep, JobId job, int attempt, AttemptOutcome outcome, JobState next, string? fault) => TransactAsync(async db =>
    {
        var failed = outcome == AttemptOutcome.Failed ? 1 : 0;
        var changed = await Current(db, sweep, job, attempt).ExecuteUpdateAsync(set => set
            .SetProperty(j => j.State, next).SetProperty(j => j.Faults, j => j.Faults + failed).SetProperty(j => j.Error, j => fault ?? j.Error));
        if (changed == 0) return false;
        await EndAttemptAsync(db, sweep, job, attempt, outcome, fault);
        return true;
    });

    /// <summary>Moves all jobs of a sweep from one state to another, as cancel and retry do; the fault count starts again.</summary>
    /// <returns>How many there were.</returns>
    public Task<int> MoveJobsAsync(SweepId sweep, JobState[] from, JobState to) => RunAsync(db =>
        db.Jobs.Where(j => j.SweepId == sweep.Value && from.Contains(j.State))
            .ExecuteUpdateAsync(set => set.SetProperty(j => j.State, to).SetProperty(j => j.Faults, 0)));

    private static IQueryable<JobEntity> Current(SweepDbContext db, SweepId sweep, JobId job, int attempt) =>
        db.Jobs.Where(j => j.SweepId == sweep.Value && j.JobId == job.Value && j.Attempt == attempt && j.State == JobState.Running);

    private Task<int> EndAttemptAsync(SweepDbContext db, SweepId sweep, JobId job, int attempt, AttemptOutcome outcome, string? fault) =>
        db.Attempts.Where(a => a.SweepId == sweep.Value && a.JobId == job.Value && a.Number == attempt)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.Outcome, outcome).SetProperty(a => a.EndedMs, NowMs).SetProperty(a => a.Fault, fault));

    private Task<T> TransactAsync<T>(Func<SweepDbContext, Task<T>> work) => RunAsync(async db =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        var result = await work(db);
        await transaction.CommitAsync();
        return result;
    });
}
