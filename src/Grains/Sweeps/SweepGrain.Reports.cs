using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>The reports of a sweep's workers: those that come while a transaction runs share the next one.</summary>
internal sealed partial class SweepGrain
{
    /// <summary>
    /// Most bytes of reports in one transaction, so that the first of them does not wait long and no transaction is larger than memory.
    /// </summary>
    private const long MaxBatchBytes = 16 << 20;

    /// <summary>What a report weighs beside its checkpoint and prompts: at most 2,000 in a transaction.</summary>
    private const long ReportBytes = MaxBatchBytes / 2000;

    private long _refused;

    public Task<bool[]> ReportAsync(JobReport[] reports) => _reports.CallAsync(reports);

    private static long Weigh(JobReport[] reports) =>
        reports.Sum(report => ReportBytes + (report.Checkpoint?.LongLength ?? 0) + (report.Epoch?.Checkpoint.LongLength ?? 0)
            + (report.Result?.Prompts?.LongLength ?? 0));

    private Task<IReadOnlyList<bool[]>> ReportAsync(IReadOnlyList<JobReport[]> calls) => ChangeAsync<IReadOnlyList<bool[]>>(async () =>
    {
        var accepted = await AcceptAsync([.. calls.SelectMany(reports => reports)]);
        var (answers, from) = (new List<bool[]>(), 0);
        foreach (var reports in calls)
        {
            answers.Add(accepted[from..(from + reports.Length)]);
            from += reports.Length;
        }
        return answers;
    });

    private async Task<bool[]> AcceptAsync(JobReport[] reports)
    {
        if (_stored is null) return new bool[reports.Length];
        var answers = await ApplyAsync(reports);
        var outcomes = new List<JobOutcome>();
        for (var i = 0; i < reports.Length; i++)
        {
            if (answers[i].State is { } state) Note(reports[i], state, outcomes);
            else if (!answers[i].IsRepeated)
            {
                _refused++;
                instruments.Refused();
                LogRefused(reports[i].Position, reports[i].Attempt);
            }
        }
        if (outcomes.Count > 0)
        {
            // The table reads from the store what this message fails to bring.
            GrainFactory.GetGrain<ICoordinatorGrain>(Id.Value).AddAsync([.. outcomes]).Ignore();
        }
        // That of a report which is repeated too: it may have broken off.
        if (_verifies) await CheckCacheAsync([.. reports.Where(report => report.Result is not null).Select(report => report.Position)]);
        await SettleAsync();
        return Array.ConvertAll(answers, answer => answer.IsAccepted);
    }

    /// <summary>
    /// Applies reports, in halves where the store can take them together for no time: one that it can never take fails its job, and neither
    /// its neighbours nor their workers.
    /// </summary>
    private async Task<ReportAnswer[]> ApplyAsync(JobReport[] reports)
    {
        try
        {
            return await store.Attempts.ApplyAsync(Id, reports, Returned);
        }
        catch (StoreException e) when (!e.IsTransient)
        {
            if (reports.Length > 1)
            {
                var half = reports.Length / 2;
                return [.. await ApplyAsync(reports[..half]), .. await ApplyAsync(reports[half..])];
            }
            var fault = new JobReport(reports[0].Position, reports[0].Attempt,
                Fault: new JobFault($"the store can never take what the job reported: {e.Message}", Retry: false));
            var answer = (await store.Attempts.ApplyAsync(Id, [fault], Returned))[0];
            if (answer.State is { } state) Note(fault, state, []);
            // Its worker hears that the report was refused, and stops the job.
            return [default];
        }
    }

    private void Note(JobReport report, JobState state, List<JobOutcome> outcomes)
    {
        var (job, lease) = _running.TryGetValue(report.Position, out var running) ? (running.Status, running.Lease)
            : (TrackedJob.Describe(report.Position, default, _stored!.Plan), default);
        if (report.Epoch is { } epoch)
        {
            // Sent again because its answer was lost: the store takes it again, and it counts once.
            if (epoch.Epoch > job.Epoch) Progress.Add(report.Position, Time.GetUtcNow());
            // An earlier attempt had come further than the state that the store has of it.
            else if (epoch.Epoch < job.Epoch) Progress.Forget(report.Position, job.Epoch - epoch.Epoch);
            _running[report.Position] = new(job with
            {
                Epoch = epoch.Epoch,
                Loss = epoch.Loss,
                ContextTokens = epoch.ImageContextTokens
                + epoch.TextContextTokens
            }, lease);
            return;
        }
        _running.Remove(report.Position);
        Progress.Move(JobState.Running, state);
        instruments.Ended(AttemptLedger.Outcome(report));
        if (report.Result is { } result) outcomes.Add(new JobOutcome(report.Position, result with
        {
            Prompts = null,
            FinalLoss = job.Loss,
        }));
        if (report.Fault is not { } fault) return;
        LogFault(job.Id, report.Attempt, state, fault.Message);
        if (fault.DropCheckpoint)
        {
            Progress.Forget(report.Position, job.Epoch);
            job = job with { Epoch = 0 };
        }
        if (state == JobState.Failed) NoteFailed(report.Position, job with { Error = fault.Message });
    }

    /// <summary>Compares the results that the sweep was asked to check with those that the cache has.</summary>
    /// <param name="positions">Jobs that may have got their results; null for all.</param>
    private async Task CheckCacheAsync(int[]? positions = null)
    {
        if (positions is [] || (await store.Cache.CheckCacheAsync(Id, positions)).Length == 0) return;
        _mismatches = (await store.Jobs.CacheMismatchesAsync(Id, SweepStatus.MaxListed))
            .ConvertAll(job => TrackedJob.From(job, _stored!.Plan));
        foreach (var job in _mismatches) LogMismatch(job.Id, job.Error);
    }
}
