using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>The reports of a sweep's workers: those that come while a transaction runs share the next one.</summary>
internal sealed partial class SweepGrain
{
    /// <summary>Most reports in one transaction, so that the first of them does not wait long.</summary>
    private const int MaxBatch = 2000;

    private readonly Queue<(JobReport[] Reports, TaskCompletionSource<bool[]> Answer)> _pending = new();
    private bool _writing;
    private long _refused;

    public Task<bool[]> ReportAsync(JobReport[] reports)
    {
        var answer = new TaskCompletionSource<bool[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending.Enqueue((reports, answer));
        if (!_writing) WriteAsync().Ignore();
        return answer.Task;
    }

    private async Task WriteAsync()
    {
        _writing = true;
        try
        {
            while (_pending.Count > 0) await WriteBatchAsync();
        }
        finally
        {
            _writing = false;
        }
    }

    private async Task WriteBatchAsync()
    {
        var batch = new List<(JobReport[] Reports, TaskCompletionSource<bool[]> Answer)>();
        try
        {
            var accepted = await ChangeAsync(async () =>
            {
                for (var size = 0; size < MaxBatch && _pending.TryDequeue(out var next); size += next.Reports.Length) batch.Add(next);
                return await AcceptAsync([.. batch.SelectMany(part => part.Reports)]);
            });
            var from = 0;
            foreach (var (reports, answer) in batch)
            {
                answer.SetResult(accepted[from..(from + reports.Length)]);
                from += reports.Length;
            }
        }
        // Nothing of the batch was kept; each of its senders hears why and tries again.
        catch (Exception e)
        {
            if (batch.Count == 0 && _pending.TryDequeue(out var first)) batch.Add(first);
            foreach (var (_, answer) in batch) answer.SetException(e);
        }
    }

    private async Task<bool[]> AcceptAsync(JobReport[] reports)
    {
        if (_stored is null) return new bool[reports.Length];
        var states = await store.ApplyAsync(Id, reports, Returned);
        var outcomes = new List<JobOutcome>();
        for (var i = 0; i < reports.Length; i++)
        {
            if (states[i] is { } state) Note(reports[i], state, outcomes);
            else
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
            await CheckCacheAsync(outcomes);
        }
        await SettleAsync();
        return [.. states.Select(state => state is not null)];
    }

    private void Note(JobReport report, JobState state, List<JobOutcome> outcomes)
    {
        var (job, lease) = _running.TryGetValue(report.Position, out var running) ? (running.Status, running.Lease) : (TrackedJob.Describe(report.Position, default, _stored!.Plan), default);
        if (report.Epoch is { } epoch)
        {
            _running[report.Position] = new(job with { Epoch = epoch.Epoch, Loss = epoch.Loss, ContextTokens = epoch.ImageContextTokens + epoch.TextContextTokens }, lease);
            Progress.Add(report.Position, time.GetUtcNow());
            return;
        }
        _running.Remove(report.Position);
        Progress.Move(JobState.Running, state);
        instruments.Ended(report switch { { Result: not null } => AttemptOutcome.Completed, { Fault: not null } => AttemptOutcome.Failed, _ => AttemptOutcome.Returned });
        if (report.Result is { } result) outcomes.Add(new JobOutcome(report.Position, result with { Prompts = null, FinalLoss = job.Loss }));
        if (report.Fault is not { } fault) return;
        LogFault(job.Id, report.Attempt, state, fault.Message);
        if (fault.DropCheckpoint)
        {
            Progress.Forget(report.Position, job.Epoch);
            job = job with { Epoch = 0 };
        }
        if (state == JobState.Failed) NoteFailed(report.Position, job with { Error = fault.Message });
    }

    private async Task CheckCacheAsync(List<JobOutcome> outcomes)
    {
        if (!_verifies) return;
        if ((await store.CheckCacheAsync(Id, [.. outcomes.Select(outcome => outcome.Position)])).Length == 0) return;
        _mismatches = (await store.CacheMismatchesAsync(Id, SweepStatus.MaxListed)).ConvertAll(job => TrackedJob.From(job, _stored!.Plan));
        foreach (var job in _mismatches) LogMismatch(job.Id, job.Error);
    }
}
