using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>Begins and ends the leases of a sweep's packs. Calls that arrive at the same time share a transaction.</summary>
internal sealed partial class SweepLeases
{
    /// <summary>The maximum number of begin or end calls in one transaction.</summary>
    private const int MaxLeases = 500;

    private readonly SweepId _id;
    private readonly SweepCopy _copy;
    private readonly SweepChanges _changes;
    private readonly SweepStore _store;
    private readonly ILogger<SweepGrain> logger;
    private readonly SharedCalls<PackStart, PackBeginning> _begins;
    private readonly SharedCalls<EndedLease, PackOffer?> _ends;
    private readonly HashSet<string> _environments = [];

    /// <summary>
    /// The recently ended leases. A delayed call to begin work under one of these leases must not start jobs, because no worker would run
    /// them.
    /// </summary>
    private readonly RecentIds _ended = new(1024);

    internal SweepLeases(SweepId id, SweepCopy copy, SweepChanges changes, SweepStore store, TimeSpan patience, TimeProvider time,
        ILogger<SweepGrain> logger)
    {
        (_id, _copy, _changes, _store, this.logger) = (id, copy, changes, store, logger);
        _begins = new(BeginAsync, _ => 1, MaxLeases, patience, time);
        _ends = new(EndAsync, _ => 1, MaxLeases, patience, time);
    }

    /// <summary>Begins a pack's waiting work.</summary>
    /// <param name="start">The worker, its lease and the pack.</param>
    /// <param name="submission">The activity id of the submission, which becomes the parent of the pack's trace; null for none.</param>
    internal async Task<PackAssignment> BeginAsync(PackStart start, string? submission)
    {
        var begun = await _begins.CallAsync(start);
        // Checkpoints and prompts are read outside the transaction: they can be large, and a worker that receives no response retries.
        return new PackAssignment(
            await WithPromptsAsync(await WithCheckpointsAsync(begun.Assignments)), begun.MoreWait, submission);
    }

    private async Task<JobAssignment[]> WithCheckpointsAsync(JobAssignment[] jobs)
    {
        var resumed = Array.FindAll(jobs, job => job.Attempt.IsRepeat);
        if (resumed.Length == 0) return jobs;
        var checkpoints = await _store.Leases.CheckpointsAsync(_id, Array.ConvertAll(resumed, job => job.Position));
        return Array.ConvertAll(jobs, job => job with { Checkpoint = checkpoints.GetValueOrDefault(job.Position) });
    }

    /// <summary>
    /// Adds the trained prompts to jobs that do not need to train, because a job that differs only in its target data sets has already
    /// trained them.
    /// </summary>
    private async Task<JobAssignment[]> WithPromptsAsync(JobAssignment[] jobs)
    {
        var fresh = Array.FindAll(jobs, job => job is { Checkpoint: null, Definition: { Evaluate: not null, Train: not null } });
        if (fresh.Length == 0) return jobs;
        var prompts = await _store.Prompts.FindAsync(_id, Array.ConvertAll(fresh, job => job.Position));
        foreach (var (position, trained) in prompts)
            LogPrompts(Array.Find(fresh, job => job.Position == position)!.Id, _id, trained.Origin.Job, trained.Origin.Sweep);
        return Array.ConvertAll(jobs, job => job with { Trained = prompts.GetValueOrDefault(job.Position) });
    }

    /// <summary>Ends a lease.</summary>
    /// <returns>The pack's waiting work; null if there is none.</returns>
    internal Task<PackOffer?> EndAsync(PackNumber pack, LeaseId lease, bool unbegun) => _ends.CallAsync(new(pack, lease, unbegun));

    private Task<IReadOnlyList<PackBeginning>> BeginAsync(IReadOnlyList<PackStart> starts) =>
        _changes.RunAsync<IReadOnlyList<PackBeginning>>(async () =>
    {
        var answers = new PackBeginning[starts.Count];
        Array.Fill(answers, new PackBeginning([], [], [], MoreWait: false));
        if (_copy.Stored?.Sweep.State != SweepState.Running) return answers;
        var fitting = Enumerable.Range(0, starts.Count).Where(i => Fits(starts[i]) && !_ended.Contains(starts[i].Lease)).ToArray();
        if (fitting.Length == 0) return answers;
        var begins = new List<(PackStart, string)>();
        foreach (var i in fitting) begins.Add((starts[i], await EnvironmentAsync(starts[i].Environment)));
        var begun = await _store.Leases.BeginPacksAsync(_id, _copy.Plan, begins);
        for (var i = 0; i < fitting.Length; i++)
        {
            answers[fitting[i]] = begun[i];
            _copy.RecordBegun(starts[fitting[i]], begun[i]);
        }
        return answers;
    });

    /// <summary>
    /// Whether the worker runs the plan's trainer version. A different version would compute different digits for the same job ids.
    /// </summary>
    private bool Fits(PackStart start)
    {
        if (TrainerVersion.Of(start.Trainer) == TrainerVersion.Of(_copy.Plan.Trainer)) return true;
        LogOtherTrainer(start.Worker, TrainerVersion.Of(start.Trainer), _id, TrainerVersion.Of(_copy.Plan.Trainer));
        return false;
    }

    private Task<IReadOnlyList<PackOffer?>> EndAsync(IReadOnlyList<EndedLease> leases) =>
        _changes.RunAsync<IReadOnlyList<PackOffer?>>(async () =>
    {
        if (_copy.Stored is null) return new PackOffer?[leases.Count];
        foreach (var lease in leases) _ended.Add(lease.Lease);
        var (ended, next) = (await _store.Leases.EndLeasesAsync(_id, _copy.Plan, leases, _copy.Returned), _copy.Returned);
        _copy.RecordLost(ended.Lost, ended.GivenUp, next);
        _copy.RecordReturned(ended.Returned, next);
        if (await _copy.SettleAsync() || !_copy.Sweep.State.IsQueued) return new PackOffer?[leases.Count];
        return [.. leases.Select(lease => ended.Waiting.GetValueOrDefault(lease.Pack))];
    });

    private async Task<string> EnvironmentAsync(RunEnvironment environment)
    {
        var json = JsonSerializer.Serialize(environment, AdaptClusterJson.Compact);
        var id = TextHash.Of(json)[..16];
        if (_environments.Contains(id)) return id;
        await _store.History.SaveEnvironmentAsync(id, json);
        _environments.Add(id);
        return id;
    }

    [LoggerMessage(
        LogLevel.Debug, "Job {Job} of {Sweep} reuses the prompts that job {Source} of {SourceSweep} trained, and only evaluates them")]
    private partial void LogPrompts(JobId job, SweepId sweep, JobId source, string sourceSweep);

    [LoggerMessage(
        LogLevel.Warning,
        "Worker {Worker} runs trainer version {Found}, but {Sweep} is planned for version {Expected}; it receives none of the jobs")]
    private partial void LogOtherTrainer(string worker, int found, SweepId sweep, int expected);
}
