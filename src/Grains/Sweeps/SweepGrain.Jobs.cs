using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Planning;
using AdaptCluster.Grains.Storage;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>The story of one job: attempts, cache key, and the nearest result that did not fit.</summary>
internal sealed partial class SweepGrain
{
    /// <summary>Other sweeps that are searched for a near miss, and groups of each: enough for people, and bounded.</summary>
    private const int SearchedSweeps = 20, SearchedGroups = 2000, CheckedJobs = 50;

    public async Task<AttemptEvent[]> LogAsync(string? job, DateTimeOffset? from)
    {
        var position = job is null ? (int?)null : (await FindJobAsync(job)).Position;
        return await store.LogAsync(Id, await PlanAsync(), position, from, AttemptEvent.MaxListed);
    }

    private async Task<SweepPlan> PlanAsync()
    {
        await ReadyAsync();
        return (_stored ?? throw Missing(Id.Value)).Plan;
    }

    private async Task<JobEntity> FindJobAsync(string job)
    {
        if (job.Length == 0 || !job.All(char.IsAsciiHexDigitLower)) throw new InvalidInputException($"--job {job}: a job's id is hexadecimal digits; 'sweep results {Id} --runs' lists them.");
        const int shown = 5;
        var fitting = await store.FindJobsAsync(Id, job, shown);
        if (fitting is not [var row])
        {
            throw new InvalidInputException(fitting.Count == 0
                ? $"sweep {Id} has no job '{job}'; 'sweep results {Id} --runs' lists them."
                : $"--job {job} fits {string.Join(", ", fitting.Select(j => j.JobId))}; write more of the id.");
        }
        return row;
    }

    public async Task<JobDetail> JobAsync(string job)
    {
        var (row, plan) = (await FindJobAsync(job), await PlanAsync());
        return new JobDetail
        {
            Status = TrackedJob.From(row, plan),
            Definition = plan.Definition(row.Position),
            Key = JobIdentity.Key(plan, row.Position),
            CachedFrom = row.CachedFrom,
            Attempts = await store.AttemptsAsync(Id, row),
            Result = row.State == JobState.Completed ? SweepStore.Result(row) : null,
        };
    }

    public async Task<CacheMiss?> NearestAsync(string job)
    {
        var row = await FindJobAsync(job);
        return await NearestAsync(await PlanAsync(), row.Position);
    }

    public async Task<JobHistory> HistoryAsync(string job)
    {
        var (row, plan) = (await FindJobAsync(job), await PlanAsync());
        var (epochs, prunes) = await store.HistoryAsync(Id, row);
        var group = plan.Groups[row.Position / plan.Seeds.Length];
        return new JobHistory
        {
            Status = TrackedJob.From(row, plan),
            Definition = plan.Definition(row.Position),
            Epochs = epochs,
            Prunes = prunes,
            IterationsPerEpoch = group.Definition.Epochs > 0 ? group.Iterations / group.Definition.Epochs : 0,
        };
    }

    public async Task<JobPage> JobsAsync(JobQuery query)
    {
        if (query.Count is < 1 or > JobQuery.MaxCount) throw new InvalidInputException($"count: found {query.Count}; write 1 to {JobQuery.MaxCount}.");
        if (query.From < 0) throw new InvalidInputException($"from: found {query.From}; write 0 or more.");
        var plan = await PlanAsync();
        var fitting = JobFilter.Positions(plan, query);
        if (query.State is { } state)
        {
            if (fitting is null)
            {
                var (found, jobs) = await store.PageAsync(Id, state, query.From, query.Count);
                return new JobPage(found, [.. jobs.Select(row => TrackedJob.Row(row, plan))]);
            }
            var known = await store.PositionsAsync(Id, state);
            fitting = [.. known.Intersect(fitting)];
        }
        var total = fitting?.Count ?? plan.JobCount;
        var wanted = Enumerable.Range(query.From, Math.Clamp(total - query.From, 0, query.Count)).Select(index => fitting is null ? index : fitting[index]).ToArray();
        return new JobPage(total, [.. (await store.JobsAtAsync(Id, wanted)).Select(row => TrackedJob.Row(row, plan))]);
    }

    private async Task<CacheMiss?> NearestAsync(SweepPlan plan, int position)
    {
        var key = JobIdentity.Key(plan, position);
        var candidates = new List<(string Sweep, SweepPlan Plan, int Position, SortedDictionary<string, string[]> Differences)>();
        foreach (var other in await store.OtherSweepsAsync(Id, SearchedSweeps))
        {
            var seed = Math.Max(0, Array.IndexOf(other.Plan.Seeds, plan.Seeds[position % plan.Seeds.Length]));
            for (var group = 0; group < Math.Min(other.Plan.Groups.Length, SearchedGroups); group++)
            {
                var at = group * other.Plan.Seeds.Length + seed;
                candidates.Add((other.Sweep.Id, other.Plan, at, Differences(key, JobIdentity.Key(other.Plan, at))));
            }
        }
        foreach (var candidate in candidates.OrderBy(candidate => candidate.Differences.Count).Take(CheckedJobs))
        {
            if (await store.IsCompletedAsync(candidate.Sweep, candidate.Position))
                return new CacheMiss(candidate.Sweep, JobIdentity.Of(candidate.Plan, candidate.Position), candidate.Differences);
        }
        return null;
    }

    private static SortedDictionary<string, string[]> Differences(SortedDictionary<string, string> key, SortedDictionary<string, string> other)
    {
        var differences = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var name in key.Keys.Union(other.Keys))
        {
            var (mine, theirs) = (key.GetValueOrDefault(name, "-"), other.GetValueOrDefault(name, "-"));
            if (mine != theirs) differences.Add(name, [mine, theirs]);
        }
        return differences;
    }
}
