using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Connection;

/// <summary>What the grains of a silo say of sweeps.</summary>
internal sealed class GrainReads(IClusterClient client) : ISweepReads
{
    private IFrontGrain Front => client.GetGrain<IFrontGrain>(0);

    public Task<SweepId> FindAsync(string idOrPrefix) => Front.FindAsync(idOrPrefix);

    public Task<SweepListPage> ListPageAsync(int from, int count, string? tag = null) =>
        tag is null ? Front.ListPageAsync(from, count) : Front.ListTaggedAsync(tag, from, count);

    public Task<AuditEntry[]> AuditAsync(AuditQuery query) => Front.AuditAsync(query);

    public Task<SweepStatus> StatusAsync(SweepId sweep) => Sweep(sweep).StatusAsync();

    public Task<SweepResults> ResultsAsync(SweepId sweep) => Coordinator(sweep).ResultsAsync();

    public Task<TargetCurve[]> CurvesAsync(SweepId sweep) => Coordinator(sweep).CurvesAsync();

    public Task<SweepRuns> RunsAsync(SweepId sweep, JobPosition from) => Coordinator(sweep).RunsAsync(from);

    public Task<JobDetail> JobAsync(SweepId sweep, string job) => Sweep(sweep).JobAsync(job);

    public Task<CacheMiss?> NearestAsync(SweepId sweep, string job) => Sweep(sweep).NearestAsync(job);

    public Task<JobHistory> HistoryAsync(SweepId sweep, string job) => Sweep(sweep).HistoryAsync(job);

    public Task<byte[]?> FileAsync(SweepId sweep, string job, JobFile file) => Sweep(sweep).FileAsync(job, file);

    public Task<CellJobs[]> CellsAsync(SweepId sweep) => Sweep(sweep).CellsAsync();

    public Task<JobPage> JobsAsync(SweepId sweep, JobQuery query) => Sweep(sweep).JobsAsync(query);

    public Task<AttemptEvent[]> LogAsync(SweepId sweep, string? job, DateTimeOffset? from) => Sweep(sweep).LogAsync(job, from);

    private ISweepGrain Sweep(SweepId id) => client.GetGrain<ISweepGrain>(id.Value);

    private ICoordinatorGrain Coordinator(SweepId id) => client.GetGrain<ICoordinatorGrain>(id.Value);
}
