using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Reports;
using AdaptCluster.Sweeps.Results;

namespace AdaptCluster.Storage;

/// <summary>Reads sweeps from the store. It is used by grains, and by commands that read a home while no silo uses it.</summary>
/// <param name="store">The store.</param>
/// <param name="pool">The function that returns the pool for sweeps stored without a pool. It is called only if such a sweep
/// exists.</param>
/// <param name="time">The clock.</param>
/// <param name="held">The function that returns the sweep that a grain has in memory; null to read the sweep from the store.</param>
/// <param name="atRest">
/// Whether the store does not change while it is read, so that a command that requests many jobs reads the plan only once.
/// </param>
internal sealed class SweepReader(
    SweepStore store, Func<string> pool, TimeProvider time, Func<StoredSweep?>? held = null, bool atRest = false) : ISweepReads
{
    /// <summary>The sweep that was read last, if the store is at rest.</summary>
    private volatile StoredSweep? _last;

    /// <summary>
    /// The limits on the search for the nearest job: the number of other sweeps, of groups in each sweep, and of best candidates that are
    /// checked.
    /// </summary>
    private const int SearchedSweeps = 20, SearchedGroups = 2000, CheckedJobs = 50;

    public async Task<SweepId> FindAsync(string idOrPrefix)
    {
        const int shown = 5;
        var latest = idOrPrefix == "latest";
        var fitting = await store.Sweeps.FindSweepsAsync(latest ? "" : idOrPrefix, latest ? 1 : shown);
        return fitting switch
        {
            [var only] => new(only),
            [] when latest || (await store.Sweeps.FindSweepsAsync("", 1)).Count == 0 =>
                throw new InvalidInputException("there are no sweeps yet; 'sweep submit FILE' starts one."),
            [] => throw Missing(
                idOrPrefix, SweepIdHint.Nearest(idOrPrefix, await store.Sweeps.FindSweepsAsync("", SweepIdHint.Most))),
            _ when fitting.Contains(idOrPrefix) => new(idOrPrefix),
            _ => throw new InvalidInputException($"'{idOrPrefix}' matches {string.Join(", ", fitting)}; write a longer prefix."),
        };
    }

    public Task<SweepListPage> ListPageAsync(int from, int count, string? tag = null)
    {
        if (count is < 1 or > SweepListPage.MaxCount)
            throw new InvalidInputException($"count: found {count}; write 1 to {SweepListPage.MaxCount}.");
        if (from < 0) throw new InvalidInputException($"from: found {from}; write 0 or more.");
        return store.Sweeps.ListAsync(from, count, tag);
    }

    public Task<AuditEntry[]> AuditAsync(AuditQuery query) => query.Count is >= 1 and <= AuditQuery.MaxCount
        ? store.Audit.ReadAsync(query)
        : throw new InvalidInputException($"count: found {query.Count}; write 1 to {AuditQuery.MaxCount}.");

    /// <summary>Returns the status of a sweep without data that only its grain has, such as its current speed.</summary>
    public async Task<SweepStatus> StatusAsync(SweepId sweep)
    {
        var (row, work) = await store.Sweeps.FindWorkAsync(sweep) ?? throw Missing(sweep.Value);
        return await StatusAsync(row, work);
    }

    private async Task<SweepStatus> StatusAsync(SweepEntity row, PlannedWork work)
    {
        var sweep = new SweepId(row.Id);
        var jobs = await store.Jobs.LoadAsync(sweep, work.Seeds);
        // A retry or a resubmission was interrupted after its first write. The next silo that runs the sweep continues it.
        if (row.State.HasEnded && jobs.Counts.Exists(count => count.State is JobState.Queued or JobState.Running))
            row.State = SweepState.Interrupted;
        // The plan is needed only to describe listed jobs, and most sweeps have no jobs to list.
        var plan = jobs.Running.Count + jobs.Failed.Count + jobs.Mismatches.Count > 0 ? (await StoredAsync(sweep)).Plan : null;
        return new SweepProgress(work, jobs.Counts).Status(row, Shown(jobs.Running), Shown(jobs.Failed), time.GetUtcNow()) with
        {
            Pool = row.Pool.Length > 0 ? row.Pool : pool(),
            CacheMismatches = [.. Shown(jobs.Mismatches)],
            Trainer = TrainerVersion.Of(row.Trainer),
        };

        IEnumerable<JobStatus> Shown(List<JobEntity> some) => some.Select(job => TrackedJob.From(job, plan!));
    }

    public async Task<SweepResults> ResultsAsync(SweepId sweep)
    {
        var (row, plan) = await StoredAsync(sweep);
        return await ResultsAsync(plan, await TableAsync(sweep, plan), await StatusAsync(row, PlannedWork.Of(plan)));
    }

    public async Task<TargetCurve[]> CurvesAsync(SweepId sweep)
    {
        var (_, plan) = await StoredAsync(sweep);
        return TargetCurves.Of(plan, await TableAsync(sweep, plan));
    }

    public async Task<SweepRuns> RunsAsync(SweepId sweep, JobPosition from)
    {
        var (row, plan) = await StoredAsync(sweep);
        var jobs = await store.Jobs.JobsFromAsync(sweep, from, SweepRuns.MaxListed);
        return new SweepRuns
        {
            Sweep = sweep.Value,
            Name = row.Name,
            SpecJson = row.SpecJson,
            Backbone = plan.JobCount > 0 ? plan.Definition(new(0)).Backbone : "",
            BackboneFingerprint = plan.BackboneFingerprint,
            DatasetFingerprints = plan.Datasets.Zip(plan.DatasetFingerprints).ToDictionary(pair => pair.First, pair => pair.Second),
            Environments = await store.History.EnvironmentsAsync([.. jobs.Select(job => job.Environment).OfType<string>().Distinct()]),
            Total = plan.JobCount,
            Runs = [.. jobs.Select(job => new JobRun
            {
                Job = new(job.JobId),
                Definition = plan.Definition(new(job.Position)),
                State = job.State,
                Attempts = job.Attempt,
                Worker = job.Worker,
                Environment = job.Environment,
                CachedFrom = job.CachedFrom,
                Error = job.Error,
                Result = job.Result,
            })],
        };
    }

    public async Task<JobDetail> JobAsync(SweepId sweep, string job)
    {
        var (row, plan) = (await FindJobAsync(sweep, job), (await StoredAsync(sweep)).Plan);
        return new JobDetail
        {
            Status = TrackedJob.From(row, plan),
            Definition = plan.Definition(new(row.Position)),
            Key = JobIdentity.Provenance(plan, new(row.Position)),
            CachedFrom = row.CachedFrom,
            Attempts = await store.History.AttemptsAsync(sweep, row),
            Result = row.Result,
        };
    }

    public async Task<CacheMiss?> NearestAsync(SweepId sweep, string job)
    {
        var row = await FindJobAsync(sweep, job);
        return await NearestAsync(sweep, (await StoredAsync(sweep)).Plan, new(row.Position));
    }

    public async Task<JobHistory> HistoryAsync(SweepId sweep, string job)
    {
        var (row, plan) = (await FindJobAsync(sweep, job), (await StoredAsync(sweep)).Plan);
        var (epochs, prunes) = await store.History.HistoryAsync(sweep, row);
        var group = plan.Group(new(row.Position));
        return new JobHistory
        {
            Status = TrackedJob.From(row, plan),
            Definition = plan.Definition(new(row.Position)),
            Epochs = epochs,
            Prunes = prunes,
            IterationsPerEpoch = group.Definition.Epochs > 0 ? group.Iterations / group.Definition.Epochs : 0,
        };
    }

    public async Task<byte[]?> FileAsync(SweepId sweep, string job, JobFile file) =>
        await store.Artifacts.FindAsync(sweep, await FindJobAsync(sweep, job), file switch
        {
            JobFile.Prompts => Artifacts.PromptsName,
            JobFile.Predictions => Artifacts.PredictionsName,
            _ => throw new InvalidInputException($"this silo does not support the job file {file}; it may run an earlier version."),
        });

    public async Task<CellJobs[]> CellsAsync(SweepId sweep)
    {
        var (_, plan) = await StoredAsync(sweep);
        return ResultTable.Cells(plan, await TableAsync(sweep, plan));
    }

    public async Task<JobPage> JobsAsync(SweepId sweep, JobQuery query) =>
        await JobPages.FindAsync(store.Jobs, sweep, (await StoredAsync(sweep)).Plan, query);

    public async Task<AttemptEvent[]> LogAsync(SweepId sweep, string? job, DateTimeOffset? from)
    {
        var position = job is null ? (JobPosition?)null : new((await FindJobAsync(sweep, job)).Position);
        return await store.History.LogAsync(sweep, (await StoredAsync(sweep)).Plan, position, from, AttemptEvent.MaxListed);
    }

    /// <summary>Returns a sweep's table.</summary>
    /// <param name="plan">The sweep's plan.</param>
    /// <param name="runs">The sweep's results.</param>
    /// <param name="status">The sweep's status.</param>
    public async Task<SweepResults> ResultsAsync(SweepPlan plan, RunTable runs, SweepStatus status)
    {
        var sweep = new SweepId(status.Summary.Id);
        var anomalies = ResultAnomalies.Find(plan, runs, await store.Jobs.FlaggedAsync(sweep, SweepStatus.MaxListed));
        var sections = ResultSections.Of(plan, runs);
        return new SweepResults
        {
            Sweep = sweep.Value,
            Name = status.Summary.Name,
            State = status.Summary.State,
            Jobs = status.Summary.Jobs,
            Datasets = plan.Datasets,
            Rows = ResultTable.Rows(plan, runs, anomalies),
            Sections = sections,
            Notes =
            [
                .. ResultSections.Notes(sections),
                .. plan.Warnings.Select(warning => warning.Message).Distinct(),
                .. anomalies.Notes,
                .. status.Failed.Select(job => $"failed: {job.Description}: {job.Error}"),
                .. status.CacheMismatches.Select(job => $"cache differs: {job.Description}: {job.Error}"),
            ],
        };
    }

    /// <summary>Returns all of a sweep's results.</summary>
    public async Task<RunTable> TableAsync(SweepId sweep, SweepPlan plan)
    {
        var runs = new RunTable(plan.JobCount);
        runs.Add(await store.Jobs.ResultsAsync(sweep));
        return runs;
    }

    /// <summary>Creates the error for a sweep that does not exist.</summary>
    /// <param name="sweep">The requested id.</param>
    /// <param name="near">The id of an existing sweep that the user probably meant; null if no id is similar.</param>
    public static InvalidInputException Missing(string sweep, string? near = null) => new(
        $"there is no sweep '{sweep}'{(near is null ? "" : $" (did you mean '{near}'?)")}; 'sweep list' lists the existing sweeps.");

    private async Task<StoredSweep> StoredAsync(SweepId sweep)
    {
        if (_last is { } last && last.Sweep.Id == sweep.Value) return last;
        var found = held?.Invoke() ?? await store.Sweeps.FindAsync(sweep) ?? throw Missing(sweep.Value);
        if (atRest) _last = found;
        return found;
    }

    private async Task<JobEntity> FindJobAsync(SweepId sweep, string job)
    {
        if (job.Length == 0 || !job.All(char.IsAsciiHexDigitLower))
            throw new InvalidInputException(
                $"--job {job}: a job id contains only hexadecimal digits; 'sweep results {sweep} --runs' lists the job ids.");
        const int shown = 5;
        var fitting = await store.Jobs.FindJobsAsync(sweep, job, shown);
        if (fitting is not [var row])
        {
            throw new InvalidInputException(fitting.Count == 0
                ? $"sweep {sweep} has no job '{job}'; 'sweep results {sweep} --runs' lists its jobs."
                : $"--job {job} matches {string.Join(", ", fitting.Select(j => j.JobId))}; write a longer prefix.");
        }
        return row;
    }

    private async Task<CacheMiss?> NearestAsync(SweepId sweep, SweepPlan plan, JobPosition position)
    {
        var key = JobIdentity.Key(plan, position);
        var candidates = new List<(string Sweep, SweepPlan Plan, JobPosition Position, SortedDictionary<string, string[]> Differences)>();
        foreach (var other in await store.Sweeps.OtherSweepsAsync(sweep, SearchedSweeps))
        {
            var seed = Math.Max(0, Array.IndexOf(other.Plan.Seeds, plan.Seeds[plan.SeedIndex(position)]));
            for (var group = 0; group < Math.Min(other.Plan.Groups.Length, SearchedGroups); group++)
            {
                var at = other.Plan.At(group, seed);
                candidates.Add((other.Sweep.Id, other.Plan, at, Differences(key, JobIdentity.Key(other.Plan, at))));
            }
        }
        foreach (var candidate in candidates.OrderBy(candidate => candidate.Differences.Count).Take(CheckedJobs))
        {
            if (await store.Jobs.IsCompletedAsync(candidate.Sweep, candidate.Position))
                return new CacheMiss(candidate.Sweep, JobIdentity.Of(candidate.Plan, candidate.Position), candidate.Differences);
        }
        return null;
    }

    private static SortedDictionary<string, string[]> Differences(
        SortedDictionary<string, string> key, SortedDictionary<string, string> other)
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
