using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>Receives reports from a sweep's workers. Reports that arrive while a transaction runs share the next transaction.</summary>
internal sealed partial class SweepReports
{
    /// <summary>
    /// The maximum size in bytes of the reports in one transaction. It bounds a transaction's memory use and the time that its first
    /// reports wait.
    /// </summary>
    private const long MaxBatchBytes = 16 << 20;

    /// <summary>The weight of a report without its content. It limits a transaction to 2,000 reports.</summary>
    private const long ReportBytes = MaxBatchBytes / 2000;

    private readonly SweepId _id;
    private readonly SweepCopy _copy;
    private readonly SweepChanges _changes;
    private readonly SweepStore _store;
    private readonly SweepInstruments _instruments;
    private readonly Action<JobOutcome[]> _found;
    private readonly ILogger<SweepGrain> logger;
    private readonly SharedCalls<JobReport[], bool[]> _reports;

    internal SweepReports(SweepId id, SweepCopy copy, SweepChanges changes, SweepStore store, SweepInstruments instruments,
        Action<JobOutcome[]> found, TimeSpan patience, TimeProvider time, ILogger<SweepGrain> logger)
    {
        (_id, _copy, _changes, _store, _instruments, _found, this.logger) = (id, copy, changes, store, instruments, found, logger);
        _reports = new(ReportAsync, Weigh, MaxBatchBytes, patience, time);
    }

    /// <summary>The number of reports refused since the grain was activated.</summary>
    internal long Refused { get; private set; }

    /// <summary>Receives reports and applies them to the store.</summary>
    /// <returns>Whether each report was accepted, in the order of <paramref name="reports"/>.</returns>
    internal Task<bool[]> TakeAsync(JobReport[] reports) => _reports.CallAsync(reports);

    private static long Weigh(JobReport[] reports) =>
        reports.Sum(report => ReportBytes + report.ContentBytes);

    private Task<IReadOnlyList<bool[]>> ReportAsync(IReadOnlyList<JobReport[]> calls) =>
        _changes.RunAsync<IReadOnlyList<bool[]>>(async () =>
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
        if (_copy.Stored is null) return new bool[reports.Length];
        var answers = await ApplyAsync(reports);
        var outcomes = new List<JobOutcome>();
        for (var i = 0; i < reports.Length; i++)
        {
            if (answers[i].State is { } state)
            {
                if (_copy.RecordReport(reports[i], state) is { } outcome) outcomes.Add(outcome);
            }
            else if (!answers[i].IsRepeated) Refuse(reports[i]);
        }
        if (outcomes.Count > 0) _found([.. outcomes]);
        // Repeated reports are checked too, because the first check may have been interrupted.
        if (_copy.Verifies)
            await _copy.CheckCacheAsync([.. reports.Where(report => report.Result is not null).Select(report => report.Position)]);
        await _copy.SettleAsync();
        return Array.ConvertAll(answers, answer => answer.IsAccepted);
    }

    /// <summary>
    /// Applies reports to the store. If the store permanently refuses a batch, the batch is split in halves, so that a report that can
    /// never be stored fails only its own job.
    /// </summary>
    private async Task<ReportOutcome[]> ApplyAsync(JobReport[] reports)
    {
        try
        {
            return await _store.Attempts.ApplyAsync(_id, reports, _copy.Returned);
        }
        catch (StoreException e) when (!e.IsTransient)
        {
            if (reports.Length > 1)
            {
                var half = reports.Length / 2;
                return [.. await ApplyAsync(reports[..half]), .. await ApplyAsync(reports[half..])];
            }
            var fault = JobReport.Failed(reports[0].Position, reports[0].Attempt,
                new JobFault($"the store permanently refuses the job's report: {e.Message}", Retry: false));
            var answer = (await _store.Attempts.ApplyAsync(_id, [fault], _copy.Returned))[0];
            if (answer.State is { } state) _copy.RecordReport(fault, state);
            // The worker learns that the report was refused, and stops the job.
            return [default];
        }
    }

    private void Refuse(JobReport report)
    {
        Refused++;
        _instruments.Refused();
        LogRefused(report.Position.Value, _id, report.Attempt.Value);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Refused a report of the job at position {Position} of {Sweep}: attempt {Attempt} is not its current attempt; its worker stops "
        + "running the job")]
    private partial void LogRefused(int position, SweepId sweep, int attempt);
}
