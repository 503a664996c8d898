using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Storage;

namespace AdaptCluster.Grains.Results;

/// <summary>The table of one sweep: filled from the store on activation, then by each accepted result.</summary>
[GrainType("coordinator")]
internal sealed class CoordinatorGrain(SweepStore store) : Grain, ICoordinatorGrain
{
    private readonly Dictionary<JobId, JobResult> _results = [];
    private StoredSweep? _stored;

    public override Task OnActivateAsync(CancellationToken cancellationToken) => LoadAsync();

    public Task AddAsync(JobId job, JobResult result)
    {
        _results[job] = result with { Prompts = null };
        return Task.CompletedTask;
    }

    public async Task<SweepResults> ResultsAsync()
    {
        var status = await GrainFactory.GetGrain<ISweepGrain>(Id.Value).StatusAsync();
        // The store is the truth: a result whose message to this grain was lost is read from there.
        if (_stored is null || _results.Count != status.Summary.Jobs.Completed) await LoadAsync();
        var stored = _stored!;
        return new SweepResults
        {
            Sweep = Id.Value,
            Name = stored.Plan.Name,
            State = status.Summary.State,
            Jobs = status.Summary.Jobs,
            Datasets = stored.Plan.Datasets,
            Rows = ResultTable.Rows(stored.Plan, _results),
            Notes = [.. stored.Plan.Warnings.Select(warning => warning.Message).Distinct(), .. status.Failed.Select(job => $"failed: {job.Description}: {job.Error}")],
        };
    }

    private async Task LoadAsync()
    {
        _stored = await store.LoadAsync(Id);
        foreach (var job in _stored?.Jobs.Where(job => job.ResultJson is not null) ?? [])
            _results[new(job.JobId)] = JsonSerializer.Deserialize<JobResult>(job.ResultJson!, AdaptClusterJson.Compact)!;
    }

    private SweepId Id => new(this.GetPrimaryKeyString());
}
