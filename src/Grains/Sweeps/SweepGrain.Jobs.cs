using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>The jobs of a sweep, which the store has.</summary>
internal sealed partial class SweepGrain
{
    private SweepReader Reader => field ??= new(store, () => queue.Value.Pool, Time, () => _stored);

    public async Task<AttemptEvent[]> LogAsync(string? job, DateTimeOffset? from)
    {
        await ReadyAsync();
        return await Reader.LogAsync(Id, job, from);
    }

    public async Task<JobDetail> JobAsync(string job)
    {
        await ReadyAsync();
        return await Reader.JobAsync(Id, job);
    }

    public async Task<CacheMiss?> NearestAsync(string job)
    {
        await ReadyAsync();
        return await Reader.NearestAsync(Id, job);
    }

    public async Task<JobHistory> HistoryAsync(string job)
    {
        await ReadyAsync();
        return await Reader.HistoryAsync(Id, job);
    }

    public async Task<JobPage> JobsAsync(JobQuery query)
    {
        await ReadyAsync();
        return await Reader.JobsAsync(Id, query);
    }
}
