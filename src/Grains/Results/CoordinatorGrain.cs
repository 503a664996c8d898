using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Placement;
using AdaptCluster.Grains.Storage;
using AdaptCluster.Grains.Telemetry;

namespace AdaptCluster.Grains.Results;

/// <summary>The table of one sweep: filled from the store on activation, then by each accepted result.</summary>
[GrainType("coordinator"), ControlSilo(1)]
internal sealed partial class CoordinatorGrain(SweepStore store, CellInstruments cells, TimeProvider time) : IdleGrain(time), ICoordinatorGrain
{
    private SweepPlan? _plan;
    private RunTable _runs = new(0);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        await LoadAsync();
    }

    public Task AddAsync(JobOutcome[] outcomes)
    {
        if (_plan is not null) _runs.Add(outcomes);
        Watch();
        return Task.CompletedTask;
    }

    public async Task<SweepResults> ResultsAsync()
    {
        var status = await CatchUpAsync();
        var plan = _plan!;
        var doubts = ResultDoubts.Find(plan, _runs, await store.FlaggedAsync(Id, SweepStatus.MaxListed));
        return new SweepResults
        {
            Sweep = Id.Value,
            Name = plan.Name,
            State = status.Summary.State,
            Jobs = status.Summary.Jobs,
            Datasets = plan.Datasets,
            Rows = ResultTable.Rows(plan, _runs, doubts),
            Notes =
            [
                .. plan.Warnings.Select(warning => warning.Message).Distinct(),
                .. doubts.Notes,
                .. status.Failed.Select(job => $"failed: {job.Description}: {job.Error}"),
                .. status.CacheMismatches.Select(job => $"cache differs: {job.Description}: {job.Error}"),
            ],
        };
    }

    public async Task<TargetCurve[]> CurvesAsync()
    {
        await CatchUpAsync();
        return TargetCurves.Of(_plan!, _runs);
    }

    public async Task<SweepRuns> RunsAsync(int from)
    {
        var (sweep, plan) = await store.FindAsync(Id) ?? throw new InvalidInputException($"there is no sweep '{Id}'; 'sweep list' shows those there are.");
        var jobs = await store.JobsFromAsync(Id, from, SweepRuns.MaxListed);
        return new SweepRuns
        {
            Sweep = Id.Value,
            Name = plan.Name,
            SpecJson = sweep.SpecJson,
            Backbone = plan.JobCount > 0 ? plan.Definition(0).Backbone : "",
            BackboneFingerprint = plan.BackboneFingerprint,
            DatasetFingerprints = plan.Datasets.Zip(plan.DatasetFingerprints).ToDictionary(pair => pair.First, pair => pair.Second),
            Environments = await store.EnvironmentsAsync([.. jobs.Select(job => job.Environment).OfType<string>().Distinct()]),
            Total = plan.JobCount,
            Runs = [.. jobs.Select(job => new JobRun
            {
                Job = new(job.JobId),
                Definition = plan.Definition(job.Position),
                State = job.State,
                Attempts = job.Attempt,
                Worker = job.Worker,
                Environment = job.Environment,
                CachedFrom = job.CachedFrom,
                Error = job.Error,
                Result = job.State == JobState.Completed ? SweepStore.Result(job) : null,
            })],
        };
    }

    /// <summary>The store is the truth: a result whose message to this grain was lost, or has not come yet, is read from there.</summary>
    private async Task<SweepStatus> CatchUpAsync()
    {
        var status = await GrainFactory.GetGrain<ISweepGrain>(Id.Value).StatusAsync();
        if (_plan is null || _runs.Count != status.Summary.Jobs.Completed) await LoadAsync();
        return status;
    }

    private async Task LoadAsync()
    {
        _plan = (await store.FindAsync(Id))?.Plan;
        _runs = new RunTable(_plan?.JobCount ?? 0);
        if (_plan is not null) _runs.Add(await store.ResultsAsync(Id));
    }

    private SweepId Id => new(this.GetPrimaryKeyString());
}
