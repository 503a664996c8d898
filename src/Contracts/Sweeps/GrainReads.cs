using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>Reads sweeps from the grains of a cluster.</summary>
/// <param name="grains">A function that returns the grain factory. It runs before each grain call, so that it can set the caller.</param>
public sealed class GrainReads(Func<IGrainFactory> grains) : ISweepReads
{
    private IFrontGrain Front => grains().GetGrain<IFrontGrain>(0);

    /// <inheritdoc/>
    public Task<SweepId> FindAsync(string idOrPrefix) => Front.FindAsync(idOrPrefix);

    /// <inheritdoc/>
    public Task<SweepListPage> ListPageAsync(int from, int count, string? tag = null) =>
        tag is null ? Front.ListPageAsync(from, count) : Front.ListTaggedAsync(tag, from, count);

    /// <inheritdoc/>
    public Task<AuditEntry[]> AuditAsync(AuditQuery query) => Front.AuditAsync(query);

    /// <inheritdoc/>
    public Task<SweepStatus> StatusAsync(SweepId sweep) => Sweep(sweep).StatusAsync();

    /// <inheritdoc/>
    public Task<SweepResults> ResultsAsync(SweepId sweep) => Coordinator(sweep).ResultsAsync();

    /// <inheritdoc/>
    public Task<TargetCurve[]> CurvesAsync(SweepId sweep) => Coordinator(sweep).CurvesAsync();

    /// <inheritdoc/>
    public Task<SweepRuns> RunsAsync(SweepId sweep, JobPosition from) => Coordinator(sweep).RunsAsync(from);

    /// <inheritdoc/>
    public Task<JobDetail> JobAsync(SweepId sweep, string job) => Sweep(sweep).JobAsync(job);

    /// <inheritdoc/>
    public Task<CacheMiss?> NearestAsync(SweepId sweep, string job) => Sweep(sweep).NearestAsync(job);

    /// <inheritdoc/>
    public Task<JobHistory> HistoryAsync(SweepId sweep, string job) => Sweep(sweep).HistoryAsync(job);

    /// <inheritdoc/>
    public Task<byte[]?> FileAsync(SweepId sweep, string job, JobFile file) => Sweep(sweep).FileAsync(job, file);

    /// <inheritdoc/>
    public Task<CellJobs[]> CellsAsync(SweepId sweep) => Sweep(sweep).CellsAsync();

    /// <inheritdoc/>
    public Task<JobPage> JobsAsync(SweepId sweep, JobQuery query) => Sweep(sweep).JobsAsync(query);

    /// <inheritdoc/>
    public Task<AttemptEvent[]> LogAsync(SweepId sweep, string? job, DateTimeOffset? from) => Sweep(sweep).LogAsync(job, from);

    private ISweepGrain Sweep(SweepId id) => grains().GetGrain<ISweepGrain>(id.Value);

    private ICoordinatorGrain Coordinator(SweepId id) => grains().GetGrain<ICoordinatorGrain>(id.Value);
}
