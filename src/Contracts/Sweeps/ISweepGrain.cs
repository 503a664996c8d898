using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using Orleans.Concurrency;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>One sweep: its jobs, their attempts and their reports. The grain key is the sweep id.</summary>
[Alias("ISweepGrain")]
public interface ISweepGrain : IGrainWithStringKey
{
    /// <summary>
    /// Writes the sweep and its jobs in one transaction and offers its packs to the queue. If the sweep already exists, its unfinished jobs
    /// continue, and jobs that failed or were cancelled are retried.
    /// </summary>
    [Alias("Submit"), ResponseTimeout("00:10:00")]
    Task SubmitAsync(SweepPlan plan, SubmitOptions options);

    /// <summary>
    /// Starts an attempt of each waiting job that a lease covers. Idempotent: jobs that the same lease has already begun are returned again
    /// with the same attempt numbers.
    /// </summary>
    /// <returns>The jobs to run. There are none if no work is left, or if the worker's trainer version differs from the plan's.</returns>
    [Alias("Begin")]
    Task<PackAssignment> BeginAsync(PackStart start);

    /// <summary>
    /// Stores a worker's reports: all of them or, on a transient error, none. Idempotent: reports that are already stored are accepted
    /// again.
    /// </summary>
    /// <returns>Whether each report was accepted. A report is refused if its attempt is not the job's current one, or if the store can
    /// never accept it. The worker then stops the job.</returns>
    [Alias("Report")]
    Task<bool[]> ReportAsync(JobReport[] reports);

    /// <summary>Records that a lease has ended. Called only by queues of version 0.1.0.</summary>
    [Alias("LeaseLost")]
    Task LeaseLostAsync(PackNumber pack, LeaseId lease);

    /// <summary>
    /// Records that a lease has ended. Its open jobs are queued again, and those that may have run count as lost. Idempotent.
    /// </summary>
    /// <param name="pack">The pack's number in the plan.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="unbegun">Whether the worker reports that no job of the lease has run (<see cref="LeaseEnd.Unbegun"/>).</param>
    /// <returns>The part of the pack that is waiting now; null if no part is waiting, or if the sweep is not running.</returns>
    [Alias("LeaseEnded")]
    Task<PackOffer?> LeaseEndedAsync(PackNumber pack, LeaseId lease, bool unbegun = false);

    /// <summary>
    /// Called by a pool's queue after <see cref="LeaseEndedAsync"/> if it cannot queue the waiting part of the pack. If the sweep has moved
    /// to another pool, that pool's queue is notified.
    /// </summary>
    /// <param name="pool">The pool.</param>
    /// <param name="pack">The pack's number in the plan.</param>
    /// <param name="lease">The lease that has ended.</param>
    [Alias("LeaseEndedIn")]
    Task LeaseEndedInAsync(string pool, PackNumber pack, LeaseId lease);

    /// <summary>Returns the work left on leases that have begun. The queue uses it to divide leases when workers are idle.</summary>
    [Alias("Rests")]
    Task<PackOffer[]> RestsAsync(LeaseId[] leases);

    /// <summary>Pauses the sweep, so that no more of its packs are leased.</summary>
    /// <param name="now">Whether running jobs stop at once and later resume from their checkpoints. If false, they finish first.</param>
    /// <exception cref="InvalidInputException">The sweep is not running.</exception>
    [Alias("Pause")]
    Task PauseAsync(bool now);

    /// <summary>Resumes the sweep after a pause, a cancellation or an interruption.</summary>
    /// <exception cref="InvalidInputException">The sweep is completed, has failed, or is being cancelled.</exception>
    [Alias("Resume")]
    Task ResumeAsync();

    /// <summary>
    /// Cancels the sweep; finished jobs keep their results. The sweep is cancelled when the end of every lease has been confirmed.
    /// </summary>
    [Alias("Cancel")]
    Task CancelAsync();

    /// <summary>Requeues jobs that have no result.</summary>
    /// <param name="which">The jobs to requeue.</param>
    /// <returns>The number of requeued jobs.</returns>
    [Alias("Retry")]
    Task<int> RetryAsync(RetryScope which);

    /// <summary>Deletes the sweep, which must not be running. Other sweeps keep the results that they reused from it.</summary>
    /// <param name="keepResults">Whether to keep the table and results and delete only epochs, masks, prompts and checkpoints.</param>
    /// <exception cref="InvalidInputException">The sweep does not exist or is running.</exception>
    [Alias("Delete"), ResponseTimeout("00:10:00")]
    Task DeleteAsync(bool keepResults);

    /// <summary>Changes the sweep's queue settings, with immediate effect.</summary>
    [Alias("Set")]
    Task SetAsync(ShareChange change);

    /// <summary>Changes the sweep's name, note or tags. The sweep can be in any state.</summary>
    /// <exception cref="InvalidInputException">The sweep does not exist, the caller has read-only access, or the name, the note or a tag is
    /// not valid.</exception>
    [Alias("Label")]
    Task LabelAsync(LabelChange change);

    /// <summary>Returns the sweep's job counts, speed and running jobs.</summary>
    [Alias("Status"), AlwaysInterleave]
    Task<SweepStatus> StatusAsync();

    /// <summary>Returns one job with its attempts and the origin of its result.</summary>
    /// <param name="job">The job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    [Alias("Job")]
    Task<JobDetail> JobAsync(string job);

    /// <summary>
    /// Returns the finished job of another sweep whose cache key is closest to the given job's key; null if there is none. The call reads
    /// many plans.
    /// </summary>
    /// <param name="job">The job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    [Alias("Nearest")]
    Task<CacheMiss?> NearestAsync(string job);

    /// <summary>Returns the epochs and prune steps of a job.</summary>
    /// <param name="job">The job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    [Alias("History")]
    Task<JobHistory> HistoryAsync(string job);

    /// <summary>Returns a file of a finished job.</summary>
    /// <param name="job">The job's id, or an unambiguous prefix of it.</param>
    /// <param name="file">The file to return.</param>
    /// <returns>The content of the file; null if the job has not finished, does not train, or its file has been deleted.</returns>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    [Alias("File")]
    Task<byte[]?> FileAsync(string job, JobFile file);

    /// <summary>Returns the jobs of each complete cell of the table. The cells are in the table's order of rows and data sets.</summary>
    [Alias("Cells")]
    Task<CellJobs[]> CellsAsync();

    /// <summary>Returns a page of the sweep's jobs, filtered and counted by the store.</summary>
    /// <exception cref="InvalidInputException">The query requests fewer than one or more than <see cref="JobQuery.MaxCount"/> jobs, or its
    /// start is negative.</exception>
    [Alias("Jobs")]
    Task<JobPage> JobsAsync(JobQuery query);

    /// <summary>
    /// Returns the starts and ends of attempts, oldest first. If more than <see cref="AttemptEvent.MaxListed"/> events match, only the
    /// latest are returned.
    /// </summary>
    /// <param name="job">The job's id, or an unambiguous prefix of it; null for all jobs.</param>
    /// <param name="from">The earliest time of the events to return; null for all.</param>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    [Alias("Log")]
    Task<AttemptEvent[]> LogAsync(string? job, DateTimeOffset? from);
}

/// <summary>One sweep's result table. The grain key is the sweep id.</summary>
[Alias("ICoordinatorGrain")]
public interface ICoordinatorGrain : IGrainWithStringKey
{
    /// <summary>Adds accepted results to the table.</summary>
    [Alias("Add")]
    Task AddAsync(JobOutcome[] outcomes);

    /// <summary>Returns the table, which may be incomplete.</summary>
    [Alias("Results")]
    Task<SweepResults> ResultsAsync();

    /// <summary>
    /// Returns curves of accuracy against T_target, and against every other setting for which the spec lists several numbers. They show the
    /// results so far.
    /// </summary>
    [Alias("Curves")]
    Task<TargetCurve[]> CurvesAsync();

    /// <summary>Returns the jobs behind the table, each with the environment that it ran in.</summary>
    /// <param name="from">The position of the first job.</param>
    [Alias("Runs")]
    Task<SweepRuns> RunsAsync(JobPosition from);
}

/// <summary>
/// Handles planning, submission, listing and other requests that go beyond a single sweep. The grain is stateless, and its key can be any
/// number.
/// </summary>
[Alias("IFrontGrain")]
public interface IFrontGrain : IGrainWithIntegerKey
{
    /// <summary>Validates a spec against this silo's backbones and data sets and plans it, without side effects.</summary>
    /// <param name="specJson">The spec.</param>
    /// <param name="source">The name of the spec in errors, such as its file name.</param>
    /// <exception cref="InvalidInputException">The spec is rejected.</exception>
    [Alias("Plan"), ResponseTimeout("00:10:00")]
    Task<PlanPreview> PlanAsync(string specJson, string source);

    /// <summary>Plans a spec and submits it. Submitting the same spec over the same files again returns the same sweep.</summary>
    /// <param name="specJson">The spec.</param>
    /// <param name="source">The name of the spec in errors, such as its file name.</param>
    /// <param name="options">The sweep's queue settings, and whether to reuse earlier results.</param>
    /// <exception cref="InvalidInputException">The spec is rejected.</exception>
    [Alias("Submit"), ResponseTimeout("00:10:00")]
    Task<SweepId> SubmitAsync(string specJson, string source, SubmitOptions options);

    /// <summary>
    /// Plans a sweep again, as a new sweep, for the trainer version that the workers of its pool currently run, and cancels the old sweep.
    /// A table never mixes results of two trainer versions, because their digits differ.
    /// </summary>
    /// <returns>The id of the new sweep.</returns>
    /// <exception cref="InvalidInputException">The sweep is complete, or was already planned for that version.</exception>
    [Alias("Replan"), ResponseTimeout("00:10:00")]
    Task<SweepId> ReplanAsync(SweepId id);

    /// <summary>
    /// Returns a spec that evaluates the trained prompts of a sweep on other data sets; pass it to <see cref="SubmitAsync"/>. Its jobs do
    /// not train if the prompts are still stored.
    /// </summary>
    /// <exception cref="InvalidInputException">Some jobs have no result yet, the job does not exist, or the spec cannot be restricted to
    /// that job.</exception>
    [Alias("EvaluationSpec")]
    Task<string> EvaluationSpecAsync(SweepId id, EvaluationRequest request);

    /// <summary>Returns all sweeps, newest first. Called only by older clients, which do not support paging.</summary>
    [Alias("List")]
    Task<SweepSummary[]> ListAsync();

    /// <summary>Returns a page of sweeps, newest first. Jobs are counted only for sweeps on the page.</summary>
    /// <param name="from">The number of newest sweeps to skip.</param>
    /// <param name="count">The number of sweeps to return, from 1 to <see cref="SweepListPage.MaxCount"/>.</param>
    /// <exception cref="InvalidInputException"><paramref name="from"/> is negative, or <paramref name="count"/> is out of
    /// range.</exception>
    [Alias("ListPage")]
    Task<SweepListPage> ListPageAsync(int from, int count);

    /// <summary>Returns a page of sweeps that have a tag, newest first.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="from">The number of newest sweeps to skip.</param>
    /// <param name="count">The number of sweeps to return, from 1 to <see cref="SweepListPage.MaxCount"/>.</param>
    /// <exception cref="InvalidInputException"><paramref name="from"/> is negative, or <paramref name="count"/> is out of
    /// range.</exception>
    [Alias("ListTagged")]
    Task<SweepListPage> ListTaggedAsync(string tag, int from, int count);

    /// <summary>Finds sweeps by name and state and returns a summary of each, in the query's order.</summary>
    /// <exception cref="InvalidInputException">The start of the page is negative, or its size is out of range.</exception>
    [Alias("Search")]
    Task<SweepSearchPage> SearchAsync(SweepQuery query);

    /// <summary>Finds a sweep by an unambiguous prefix of its id. The text "latest" finds the newest sweep.</summary>
    /// <exception cref="InvalidInputException">No sweep matches, or more than one does.</exception>
    [Alias("Find")]
    Task<SweepId> FindAsync(string idOrPrefix);

    /// <summary>Returns the audit log of the sweeps, newest entry first.</summary>
    /// <exception cref="InvalidInputException">The query requests fewer than one or more than <see cref="AuditQuery.MaxCount"/>
    /// entries.</exception>
    [Alias("Audit")]
    Task<AuditEntry[]> AuditAsync(AuditQuery query);

    /// <summary>Returns the state of the cluster's silos and of each pool's queue.</summary>
    [Alias("Cluster")]
    Task<ClusterStatus> ClusterAsync();
}
