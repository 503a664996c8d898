using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace AdaptCluster.Grains.Storage;

/// <summary>The relational store: the only truth about sweeps. Grains read it when they activate and write through it.</summary>
internal sealed partial class SweepStore(IDbContextFactory<SweepDbContext> contexts, TimeProvider time)
{
    /// <summary>Raised whenever the schema changes; a store of another version is refused rather than misread.</summary>
    private const int SchemaVersion = 1;

    /// <summary>Creates the schema, or checks that it is this version's.</summary>
    public Task InitializeAsync() => RunAsync(async db =>
    {
        // Write-ahead logging lets other processes read while this one writes, and survives kill -9.
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL;");
        var created = await db.Database.EnsureCreatedAsync();
        if (created) await db.Database.ExecuteSqlAsync($"PRAGMA user_version = 1;");
        var version = (await db.Database.SqlQueryRaw<int>("SELECT user_version AS Value FROM pragma_user_version").ToListAsync())[0];
        if (version != SchemaVersion)
            throw new InvalidInputException($"the store has schema version {version}, this program needs {SchemaVersion}; use the program that made it, or move the file away to begin afresh.");
        return true;
    });

    /// <summary>Says of sweeps that claim to run that they do not: nobody but the caller's process uses the store.</summary>
    public Task MarkInterruptedAsync() => RunAsync(async db =>
    {
        await db.Sweeps.Where(s => s.State == SweepState.Running).ExecuteUpdateAsync(set => set.SetProperty(s => s.State, SweepState.Interrupted));
        await db.Jobs.Where(j => j.State == JobState.Running).ExecuteUpdateAsync(set => set.SetProperty(j => j.State, JobState.Queued));
        await db.Attempts.Where(a => a.Outcome == AttemptOutcome.Open)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.Outcome, AttemptOutcome.Lost).SetProperty(a => a.EndedMs, NowMs));
        return true;
    });

    /// <summary>Writes a sweep and all its jobs in one transaction, unless it is there already.</summary>
    public Task CreateAsync(SweepId id, SweepPlan plan) => RunAsync(async db =>
    {
        if (await db.Sweeps.AnyAsync(s => s.Id == id.Value)) return false;
        var packs = plan.Packs.SelectMany(pack => pack.Jobs.Select(job => (job, pack.Index))).ToDictionary(p => p.job, p => p.Index);
        db.Sweeps.Add(new SweepEntity
        {
            Id = id.Value,
            Name = plan.Name,
            State = SweepState.Running,
            SubmittedMs = NowMs,
            SpecJson = plan.SpecJson,
            PlanJson = JsonSerializer.Serialize(plan with { Jobs = [], SpecJson = "" }, AdaptClusterJson.Compact),
        });
        db.Jobs.AddRange(plan.Jobs.Select((job, position) => new JobEntity
        {
            SweepId = id.Value,
            JobId = job.Id.Value,
            Position = position,
            Pack = packs[job.Id],
            DefinitionJson = JsonSerializer.Serialize(job.Definition, AdaptClusterJson.Compact),
            Iterations = job.Iterations,
            State = JobState.Queued,
        }));
        await db.SaveChangesAsync();
        return true;
    });

    /// <summary>Reads a sweep with its jobs in the plan's order; null when there is none.</summary>
    public Task<StoredSweep?> LoadAsync(SweepId id) => RunAsync(async db =>
    {
        var sweep = await db.Sweeps.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id.Value);
        if (sweep is null) return null;
        var jobs = await db.Jobs.AsNoTracking().Where(j => j.SweepId == id.Value).OrderBy(j => j.Position).ToListAsync();
        return new StoredSweep(sweep, JsonSerializer.Deserialize<SweepPlan>(sweep.PlanJson, AdaptClusterJson.Compact)!, jobs);
    });

    /// <summary>Sets a sweep's state.</summary>
    public Task SetStateAsync(SweepId id, SweepState state) => RunAsync(db =>
        db.Sweeps.Where(s => s.Id == id.Value).ExecuteUpdateAsync(set => set.SetProperty(s => s.State, state)));

    /// <summary>All sweeps, newest first.</summary>
    public Task<SweepSummary[]> ListAsync() => RunAsync(async db =>
    {
        var sweeps = await db.Sweeps.AsNoTracking().OrderByDescending(s => s.SubmittedMs).ThenBy(s => s.Id)
            .Select(s => new { s.Id, s.Name, s.State, s.SubmittedMs }).ToListAsync();
        var counts = (await db.Jobs.GroupBy(j => new { j.SweepId, j.State }).Select(g => new { g.Key.SweepId, g.Key.State, Count = g.Count() }).ToListAsync())
            .ToLookup(c => c.SweepId);
        return sweeps.Select(s => new SweepSummary
        {
            Id = s.Id,
            Name = s.Name,
            State = s.State,
            Submitted = DateTimeOffset.FromUnixTimeMilliseconds(s.SubmittedMs),
            Jobs = new JobCounts
            {
                Total = counts[s.Id].Sum(c => c.Count),
                Completed = counts[s.Id].Where(c => c.State == JobState.Completed).Sum(c => c.Count),
                Failed = counts[s.Id].Where(c => c.State == JobState.Failed).Sum(c => c.Count),
                Cached = 0,
            },
        }).ToArray();
    });

    /// <summary>The packs of running sweeps that have unfinished jobs.</summary>
    public Task<PackOffer[]> UnfinishedPacksAsync() => RunAsync(async db =>
    {
        var packs = await db.Jobs
            .Where(j => (j.State == JobState.Queued || j.State == JobState.Running) && db.Sweeps.Any(s => s.Id == j.SweepId && s.State == SweepState.Running))
            .GroupBy(j => new { j.SweepId, j.Pack }).Select(g => new { g.Key.SweepId, g.Key.Pack, Iterations = g.Sum(j => (long)j.Iterations) }).ToListAsync();
        return packs.Select(p => new PackOffer(new SweepId(p.SweepId), p.Pack, p.Iterations)).ToArray();
    });

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Opens a context, runs the work in it and turns database errors into the user's words.</summary>
    private async Task<T> RunAsync<T>(Func<SweepDbContext, Task<T>> work)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            return await work(db);
        }
        catch (SqliteException e)
        {
            throw StoreException.From(e);
        }
        catch (DbUpdateException e) when (e.InnerException is SqliteException inner)
        {
            throw StoreException.From(inner);
        }
    }
}

/// <summary>A sweep as the store has it.</summary>
/// <param name="Sweep">Its row.</param>
/// <param name="Plan">Its plan, without jobs.</param>
/// <param name="Jobs">Its jobs, in the plan's order.</param>
internal sealed record StoredSweep(SweepEntity Sweep, SweepPlan Plan, IReadOnlyList<JobEntity> Jobs);
