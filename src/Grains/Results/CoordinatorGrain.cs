using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Placement;
using AdaptCluster.Grains.Storage;
using AdaptCluster.Grains.Telemetry;

namespace AdaptCluster.Grains.Results;

/// <summary>The table of one sweep: filled from the store on activation, then by each accepted result.</summary>
[GrainType("coordinator"), ControlSilo(1)]
internal sealed partial class CoordinatorGrain(SweepStore store, CellInstruments cells, TimeProvider time) : Grain, ICoordinatorGrain
{
    private SweepPlan? _plan;
    private RunTable _runs = new(0);

    public override Task OnActivateAsync(CancellationToken cancellationToken) => LoadAsync();

    public Task AddAsync(JobOutcome[] outcomes)
    {
        if (_plan is not null) _runs.Add(outcomes);
        Watch();
        return Task.CompletedTask;
    }

    public async Task<SweepResults> ResultsAsync()
    {
        var status = await GrainFactory.GetGrain<ISweepGrain>(Id.Value).StatusAsync();
        // The store is the truth: a result whose message to this grain was lost, or has not come yet, is read from there.
        if (_plan is null || _runs.Count != status.Summary.Jobs.Completed) await LoadAsync();
        var plan = _plan!;
        return new SweepResults
        {
            Sweep = Id.Value,
            Name = plan.Name,
            State = status.Summary.State,
            Jobs = status.Summary.Jobs,
            Datasets = plan.Datasets,
            Rows = ResultTable.Rows(plan, _runs),
            Notes =
            [
                .. plan.Warnings.Select(warning => warning.Message).Distinct(),
                .. status.Failed.Select(job => $"failed: {job.Description}: {job.Error}"),
                .. status.CacheMismatches.Select(job => $"cache differs: {job.Description}: {job.Error}"),
            ],
        };
    }

    private async Task LoadAsync()
    {
        _plan = (await store.FindAsync(Id))?.Plan;
        _runs = new RunTable(_plan?.JobCount ?? 0);
        if (_plan is not null) _runs.Add(await store.ResultsAsync(Id));
    }

    private SweepId Id => new(this.GetPrimaryKeyString());
}
