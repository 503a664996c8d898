using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>What commands read of sweeps: from the grains of a silo, or from a store at rest, which needs none.</summary>
public interface ISweepReads
{
    /// <summary>Finds a sweep by an unambiguous prefix of its id, or the newest by "latest".</summary>
    /// <exception cref="InvalidInputException">None, or more than one, fits.</exception>
    Task<SweepId> FindAsync(string idOrPrefix);

    /// <summary>Some of the sweeps, newest first.</summary>
    /// <param name="from">How many of the newest are left out.</param>
    /// <param name="count">How many are wanted, 1 to <see cref="SweepListPage.MaxCount"/>.</param>
    /// <param name="tag">Only those that have this tag; null for all.</param>
    Task<SweepListPage> ListPageAsync(int from, int count, string? tag = null);

    /// <summary>Who did what to the sweeps, newest first.</summary>
    /// <exception cref="InvalidInputException">The query asks for fewer than one or more than <see cref="AuditQuery.MaxCount"/>
    /// entries.</exception>
    Task<AuditEntry[]> AuditAsync(AuditQuery query);

    /// <summary>Counts, speed and running jobs.</summary>
    Task<SweepStatus> StatusAsync(SweepId sweep);

    /// <summary>The table as far as it is filled.</summary>
    Task<SweepResults> ResultsAsync(SweepId sweep);

    /// <summary>Accuracy over T_target of each arm that has one, by data set, as far as it is known.</summary>
    Task<TargetCurve[]> CurvesAsync(SweepId sweep);

    /// <summary>The jobs behind the table, with what each ran on.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="from">Position of the first.</param>
    Task<SweepRuns> RunsAsync(SweepId sweep, JobPosition from);

    /// <summary>One job with its attempts and where its result came from.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="job">A job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">None, or more than one, fits.</exception>
    Task<JobDetail> JobAsync(SweepId sweep, string job);

    /// <summary>Of the other sweeps' finished jobs, the one whose key differs least from a job's; null when there is none.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="job">A job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">None, or more than one, fits.</exception>
    Task<CacheMiss?> NearestAsync(SweepId sweep, string job);

    /// <summary>The epochs and prune steps of a job.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="job">A job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">None, or more than one, fits.</exception>
    Task<JobHistory> HistoryAsync(SweepId sweep, string job);

    /// <summary>What is kept of a finished job beside its numbers.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="job">A job's id, or an unambiguous prefix of it.</param>
    /// <param name="file">Which of it.</param>
    /// <returns>Null where the job has none: it has not finished, trains nothing, or its file is no longer kept.</returns>
    /// <exception cref="InvalidInputException">None, or more than one, fits.</exception>
    Task<byte[]?> FileAsync(SweepId sweep, string job, JobFile file);

    /// <summary>The jobs behind each complete cell of the table, by row and data set in the table's order.</summary>
    Task<CellJobs[]> CellsAsync(SweepId sweep);

    /// <summary>Some of the jobs, found and counted where they are stored.</summary>
    /// <exception cref="InvalidInputException">The query asks for fewer than one or more than <see cref="JobQuery.MaxCount"/> jobs, or
    /// begins before the first.</exception>
    Task<JobPage> JobsAsync(SweepId sweep, JobQuery query);

    /// <summary>Beginnings and ends of attempts, oldest first: the last <see cref="AttemptEvent.MaxListed"/> of those asked for.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="job">A job's id, or an unambiguous prefix of it; null for all jobs.</param>
    /// <param name="from">Only those at this time or later; null for all.</param>
    /// <exception cref="InvalidInputException">None, or more than one, fits.</exception>
    Task<AttemptEvent[]> LogAsync(SweepId sweep, string? job, DateTimeOffset? from);
}
