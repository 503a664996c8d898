using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Placement;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Storage;
using AdaptCluster.Sweeps.Results;
using Microsoft.Extensions.Options;

namespace AdaptCluster.Grains.Results;

/// <summary>
/// Keeps one sweep's result table. The table is filled from the store on activation, and then updated with each accepted result.
/// </summary>
[GrainType("coordinator"), ControlSilo(1)]
internal sealed partial class CoordinatorGrain(SweepStore store, IOptions<QueueOptions> queue, CellInstruments cells, TimeProvider time)
    : IdleGrain(time), ICoordinatorGrain
{
    private readonly SweepReader _reader = new(store, () => queue.Value.Pool, time);
    private SweepPlan? _plan;
    private long _order;
    private RunTable _runs = new(0);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        await LoadAsync();
    }

    public Task AddAsync(JobOutcome[] outcomes)
    {
        if (_plan is not null) _runs.Add(outcomes);
        SchedulePublishing();
        return Task.CompletedTask;
    }

    public async Task<SweepResults> ResultsAsync()
    {
        var status = await CatchUpAsync();
        return await _reader.ResultsAsync(_plan!, _runs, status);
    }

    public async Task<TargetCurve[]> CurvesAsync()
    {
        await CatchUpAsync();
        return TargetCurves.Of(_plan!, _runs);
    }

    public Task<SweepRuns> RunsAsync(JobPosition from) => _reader.RunsAsync(Id, from);

    /// <summary>
    /// Reloads the results from the store, the source of truth, if messages to this grain were lost or have not arrived yet.
    /// </summary>
    private async Task<SweepStatus> CatchUpAsync()
    {
        var status = await GrainFactory.GetGrain<ISweepGrain>(Id.Value).StatusAsync();
        if (_plan is null || _runs.Count != status.Summary.Jobs.Completed) await LoadAsync();
        return status;
    }

    private async Task LoadAsync()
    {
        var stored = await store.Sweeps.FindAsync(Id);
        (_plan, _order) = (stored?.Plan, stored?.Sweep.Ordinal ?? 0);
        _runs = _plan is null ? new RunTable(0) : await _reader.TableAsync(Id, _plan);
    }

    private SweepId Id => new(this.GetPrimaryKeyString());
}
