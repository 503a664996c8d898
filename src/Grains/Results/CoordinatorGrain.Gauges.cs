using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Telemetry;

namespace AdaptCluster.Grains.Results;

/// <summary>
/// The table as those see it who watch the cluster: a copy, made some seconds after results have come, since they look from other threads.
/// While results may come this grain stays, however long they take.
/// </summary>
internal sealed partial class CoordinatorGrain
{
    /// <summary>
    /// Cells that are shown of one sweep: more than any table that people read, and few enough for whoever stores time series.
    /// </summary>
    internal const int MaxCells = 1000;

    private static readonly TimeSpan ShowEvery = TimeSpan.FromSeconds(2), AskEvery = TimeSpan.FromMinutes(1);
    private IGrainTimer? _timer;
    private bool _changed;
    private long _asked;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        cells.Forget(Id.Value);
        return Task.CompletedTask;
    }

    /// <summary>
    /// What is shown of a table: for each cell its best candidate by validation, and the test accuracy that the table has.
    /// </summary>
    internal static CellLevel[] Levels(SweepPlan plan, RunTable runs)
    {
        var rows = plan.Rows.Take(Math.Max(1, MaxCells / Math.Max(1, plan.Datasets.Length))).ToArray();
        return [.. rows.Zip(ResultTable.Rows(plan with { Rows = rows }, runs, ResultDoubts.None))
            .SelectMany(row => row.First.Cells.Take(MaxCells).Select(cell =>
            new CellLevel(row.First.Label, cell.Dataset, cell.Candidates.Max(
                candidate => Validation(runs.Runs(candidate.Group, plan.Seeds.Length))), row.Second.Cells[cell.Dataset].Test.Mean / 100)))];
    }

    private static double? Validation(RunDigits[] runs) =>
        runs.Sum(run => (long)run.ValidationTotal) is > 0 and var images
            ? (double)runs.Sum(run => (long)run.ValidationCorrect) / images : null;

    private void Watch()
    {
        _changed = true;
        if (_timer is not null) return;
        _asked = Time.GetTimestamp();
        _timer = this.RegisterGrainTimer(ShowAsync, new GrainTimerCreationOptions(ShowEvery, ShowEvery) { KeepAlive = true });
    }

    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        if (_plan is null) return;
        Stay();
        var complete = _runs.Count == _plan.JobCount;
        if (!complete && Time.GetElapsedTime(_asked) > AskEvery)
        {
            _asked = Time.GetTimestamp();
            var sweep = (await GrainFactory.GetGrain<ISweepGrain>(Id.Value).StatusAsync()).Summary;
            complete = !sweep.State.IsOpen;
            // A result whose message was lost is in the store.
            if (complete && _runs.Count != sweep.Jobs.Completed) await LoadAsync();
        }
        if (_changed || complete) cells.Show(Id.Value, Levels(_plan, _runs), complete ? Time.GetUtcNow() : null);
        _changed = false;
        if (!complete) return;
        _timer?.Dispose();
        _timer = null;
    }
}
