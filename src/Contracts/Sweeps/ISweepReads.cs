using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>Reads sweeps for commands: from the grains of a silo, or directly from the store while no silo is running.</summary>
public interface ISweepReads
{
    /// <summary>Finds a sweep by an unambiguous prefix of its id. The text "latest" finds the newest sweep.</summary>
    /// <exception cref="InvalidInputException">No sweep matches, or more than one does.</exception>
    Task<SweepId> FindAsync(string idOrPrefix);

    /// <summary>Returns a page of sweeps, newest first.</summary>
    /// <param name="from">The number of newest sweeps to skip.</param>
    /// <param name="count">The number of sweeps to return, from 1 to <see cref="SweepListPage.MaxCount"/>.</param>
    /// <param name="tag">The tag that the sweeps must have; null for all sweeps.</param>
    Task<SweepListPage> ListPageAsync(int from, int count, string? tag = null);

    /// <summary>Returns the audit log of the sweeps, newest entry first.</summary>
    /// <exception cref="InvalidInputException">The query requests fewer than one or more than <see cref="AuditQuery.MaxCount"/>
    /// entries.</exception>
    Task<AuditEntry[]> AuditAsync(AuditQuery query);

    /// <summary>Returns the sweep's job counts, speed and running jobs.</summary>
    Task<SweepStatus> StatusAsync(SweepId sweep);

    /// <summary>Returns the table, which may be incomplete.</summary>
    Task<SweepResults> ResultsAsync(SweepId sweep);

    /// <summary>
    /// Returns curves of accuracy against T_target, and against every other setting for which the spec lists several numbers. They show the
    /// results so far.
    /// </summary>
    Task<TargetCurve[]> CurvesAsync(SweepId sweep);

    /// <summary>Returns the jobs behind the table, each with the environment that it ran in.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="from">The position of the first job.</param>
    Task<SweepRuns> RunsAsync(SweepId sweep, JobPosition from);

    /// <summary>Returns one job with its attempts and the origin of its result.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="job">The job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    Task<JobDetail> JobAsync(SweepId sweep, string job);

    /// <summary>
    /// Returns the finished job of another sweep whose cache key is closest to the given job's key; null if there is none.
    /// </summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="job">The job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    Task<CacheMiss?> NearestAsync(SweepId sweep, string job);

    /// <summary>Returns the epochs and prune steps of a job.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="job">The job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    Task<JobHistory> HistoryAsync(SweepId sweep, string job);

    /// <summary>Returns a file of a finished job.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="job">The job's id, or an unambiguous prefix of it.</param>
    /// <param name="file">The file to return.</param>
    /// <returns>The content of the file; null if the job has not finished, does not train, or its file has been deleted.</returns>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    Task<byte[]?> FileAsync(SweepId sweep, string job, JobFile file);

    /// <summary>Returns the jobs of each complete cell of the table. The cells are in the table's order of rows and data sets.</summary>
    Task<CellJobs[]> CellsAsync(SweepId sweep);

    /// <summary>Returns a page of the sweep's jobs, filtered and counted by the store.</summary>
    /// <exception cref="InvalidInputException">The query requests fewer than one or more than <see cref="JobQuery.MaxCount"/> jobs, or its
    /// start is negative.</exception>
    Task<JobPage> JobsAsync(SweepId sweep, JobQuery query);

    /// <summary>
    /// Returns the starts and ends of attempts, oldest first. If more than <see cref="AttemptEvent.MaxListed"/> events match, only the
    /// latest are returned.
    /// </summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="job">The job's id, or an unambiguous prefix of it; null for all jobs.</param>
    /// <param name="from">The earliest time of the events to return; null for all.</param>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    Task<AttemptEvent[]> LogAsync(SweepId sweep, string? job, DateTimeOffset? from);
}
