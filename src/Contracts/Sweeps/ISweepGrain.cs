using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using Orleans.Concurrency;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>One sweep: its jobs, their attempts and their reports. Key: the sweep id.</summary>
[Alias("ISweepGrain")]
public interface ISweepGrain : IGrainWithStringKey
{
    /// <summary>
    /// Writes the sweep and its jobs in one transaction and offers its packs to the queue. If the sweep exists already, it continues with
    /// what is left and retries jobs that failed or were cancelled.
    /// </summary>
    [Alias("Submit"), ResponseTimeout("00:10:00")]
    Task SubmitAsync(SweepPlan plan, SubmitOptions options);

    /// <summary>
    /// Starts an attempt of each waiting job that a lease covers. Idempotent: jobs that the same lease has already begun are returned again
    /// with the same attempts.
    /// </summary>
    /// <returns>The jobs to run; none if nothing is left to do, or if the worker's trainer version is not the plan's.</returns>
    [Alias("Begin")]
    Task<PackAssignment> BeginAsync(PackStart start);

    /// <summary>
    /// Stores a worker's reports: all of them or, on a transient error, none. Idempotent: reports that were already stored are accepted
    /// again.
    /// </summary>
    /// <returns>For each report, whether it was accepted. It is not if its attempt is not the job's current one or if the store can never
    /// take it. The worker then stops the job.</returns>
    [Alias("Report")]
    Task<bool[]> ReportAsync(JobReport[] reports);

    /// <summary>Called by queues of 0.1.0 at the end of a lease.</summary>
    [Alias("LeaseLost")]
    Task LeaseLostAsync(PackNumber pack, LeaseId lease);

    /// <summary>Records that a lease has ended. Its open jobs wait again, and count as lost if they can have run. Idempotent.</summary>
    /// <param name="pack">The pack's number in the plan.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="unbegun">Whether the worker says that no job of the lease has run (<see cref="LeaseEnd.Unbegun"/>).</param>
    /// <returns>What waits of the pack now; null if nothing does, or if the sweep is not running.</returns>
    [Alias("LeaseEnded")]
    Task<PackOffer?> LeaseEndedAsync(PackNumber pack, LeaseId lease, bool unbegun = false);

    /// <summary>
    /// Called by a pool's queue after <see cref="LeaseEndedAsync"/> if it cannot take what waits. The sweep may have moved to another pool,
    /// whose queue is then told.
    /// </summary>
    /// <param name="pool">The pool.</param>
    /// <param name="pack">The pack's number in the plan.</param>
    /// <param name="lease">The lease that has ended.</param>
    [Alias("LeaseEndedIn")]
    Task LeaseEndedInAsync(string pool, PackNumber pack, LeaseId lease);

    /// <summary>Returns the unfinished work of leases that have begun. The queue uses it to divide leases when workers are idle.</summary>
    [Alias("Rests")]
    Task<PackOffer[]> RestsAsync(LeaseId[] leases);

    /// <summary>Leases no more packs of the sweep.</summary>
    /// <param name="now">Whether running jobs stop at once, to be resumed from their checkpoints later; otherwise they finish
    /// first.</param>
    /// <exception cref="InvalidInputException">The sweep is not running.</exception>
    [Alias("Pause")]
    Task PauseAsync(bool now);

    /// <summary>Resumes the sweep after a pause, a cancellation or an interruption.</summary>
    /// <exception cref="InvalidInputException">The sweep is completed, failed or being cancelled.</exception>
    [Alias("Resume")]
    Task ResumeAsync();

    /// <summary>
    /// Cancels the sweep; finished jobs keep their results. Its state becomes cancelled when the end of every lease is confirmed.
    /// </summary>
    [Alias("Cancel")]
    Task CancelAsync();

    /// <summary>Queues jobs without a result again.</summary>
    /// <param name="which">Which of these jobs.</param>
    /// <returns>The number of jobs queued.</returns>
    [Alias("Retry")]
    Task<int> RetryAsync(RetryScope which);

    /// <summary>Deletes the sweep, which must not be running. Results that other sweeps reused from it stay with them.</summary>
    /// <param name="keepResults">Whether its table and results are kept, and only epochs, masks, prompts and checkpoints are
    /// deleted.</param>
    /// <exception cref="InvalidInputException">The sweep does not exist or is running.</exception>
    [Alias("Delete"), ResponseTimeout("00:10:00")]
    Task DeleteAsync(bool keepResults);

    /// <summary>Changes how the queue treats the sweep, with immediate effect.</summary>
    [Alias("Set")]
    Task SetAsync(ShareChange change);

    /// <summary>Changes the sweep's name, note or tags, in any state.</summary>
    /// <exception cref="InvalidInputException">The sweep does not exist, the caller may only read, or a text is refused.</exception>
    [Alias("Label")]
    Task LabelAsync(LabelChange change);

    /// <summary>Returns job counts, speed and running jobs.</summary>
    [Alias("Status"), AlwaysInterleave]
    Task<SweepStatus> StatusAsync();

    /// <summary>Returns one job with its attempts and the origin of its result.</summary>
    /// <param name="job">The job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    [Alias("Job")]
    Task<JobDetail> JobAsync(string job);

    /// <summary>
    /// Returns the finished job of another sweep whose cache key differs least from a job's; null if there is none. This reads many plans.
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
    /// <param name="file">Which file.</param>
    /// <returns>The file; null if the job has not finished, trains nothing, or its file is no longer kept.</returns>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    [Alias("File")]
    Task<byte[]?> FileAsync(string job, JobFile file);

    /// <summary>Returns the jobs of each complete cell of the table, by row and data set in the table's order.</summary>
    [Alias("Cells")]
    Task<CellJobs[]> CellsAsync();

    /// <summary>Returns a page of the sweep's jobs, filtered and counted by the store.</summary>
    /// <exception cref="InvalidInputException">The query asks for fewer than one or more than <see cref="JobQuery.MaxCount"/> jobs, or
    /// starts before the first.</exception>
    [Alias("Jobs")]
    Task<JobPage> JobsAsync(JobQuery query);

    /// <summary>
    /// Returns starts and ends of attempts, oldest first; at most the last <see cref="AttemptEvent.MaxListed"/> that match.
    /// </summary>
    /// <param name="job">The job's id, or an unambiguous prefix of it; null for all jobs.</param>
    /// <param name="from">Only events at this time or later; null for all.</param>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    [Alias("Log")]
    Task<AttemptEvent[]> LogAsync(string? job, DateTimeOffset? from);
}

/// <summary>The result table of one sweep. Key: the sweep id.</summary>
[Alias("ICoordinatorGrain")]
public interface ICoordinatorGrain : IGrainWithStringKey
{
    /// <summary>Adds accepted results.</summary>
    [Alias("Add")]
    Task AddAsync(JobOutcome[] outcomes);

    /// <summary>Returns the table, complete or not.</summary>
    [Alias("Results")]
    Task<SweepResults> ResultsAsync();

    /// <summary>Returns the accuracy over T_target of each arm that has a T_target, by data set, with the results so far.</summary>
    [Alias("Curves")]
    Task<TargetCurve[]> CurvesAsync();

    /// <summary>Returns the jobs behind the table, with what each ran on.</summary>
    /// <param name="from">The position of the first job.</param>
    [Alias("Runs")]
    Task<SweepRuns> RunsAsync(JobPosition from);
}

/// <summary>What is not about a single sweep: planning, submission and listing. Stateless; any key.</summary>
[Alias("IFrontGrain")]
public interface IFrontGrain : IGrainWithIntegerKey
{
    /// <summary>Validates a spec against this silo's backbones and data sets and plans it, without side effects.</summary>
    /// <param name="specJson">The spec.</param>
    /// <param name="source">The name of the spec in errors, such as the file's name.</param>
    /// <exception cref="InvalidInputException">The spec is refused.</exception>
    [Alias("Plan"), ResponseTimeout("00:10:00")]
    Task<PlanPreview> PlanAsync(string specJson, string source);

    /// <summary>Plans a spec and submits it. The same spec over the same files is the same sweep.</summary>
    /// <param name="specJson">The spec.</param>
    /// <param name="source">The name of the spec in errors, such as the file's name.</param>
    /// <param name="options">How the sweep is queued, and whether earlier results are reused.</param>
    /// <exception cref="InvalidInputException">The spec is refused.</exception>
    [Alias("Submit"), ResponseTimeout("00:10:00")]
    Task<SweepId> SubmitAsync(string specJson, string source, SubmitOptions options);

    /// <summary>
    /// Plans a sweep again, as a new sweep, for the trainer version that the workers of its pool run now, and cancels the old one. No table
    /// mixes results of two versions, because their digits differ.
    /// </summary>
    /// <returns>The id of the new sweep.</returns>
    /// <exception cref="InvalidInputException">The sweep is complete, or already planned for that version.</exception>
    [Alias("Replan"), ResponseTimeout("00:10:00")]
    Task<SweepId> ReplanAsync(SweepId id);

    /// <summary>
    /// Returns the spec that evaluates the trained prompts of a sweep on other data sets, for <see cref="SubmitAsync"/>. Its jobs train
    /// nothing as long as the prompts are stored.
    /// </summary>
    /// <exception cref="InvalidInputException">Some jobs have no result yet, the job does not exist, or the spec cannot be restricted to
    /// it.</exception>
    [Alias("EvaluationSpec")]
    Task<string> EvaluationSpecAsync(SweepId id, EvaluationRequest request);

    /// <summary>Returns all sweeps, newest first. For clients from before there were pages.</summary>
    [Alias("List")]
    Task<SweepSummary[]> ListAsync();

    /// <summary>Returns a page of the sweeps, newest first. Jobs are counted only for sweeps on the page.</summary>
    /// <param name="from">The number of newest sweeps to skip.</param>
    /// <param name="count">The number of sweeps to return, from 1 to <see cref="SweepListPage.MaxCount"/>.</param>
    /// <exception cref="InvalidInputException">The page starts before the first sweep, or is empty or too large.</exception>
    [Alias("ListPage")]
    Task<SweepListPage> ListPageAsync(int from, int count);

    /// <summary>Returns a page of the sweeps that have a tag, newest first.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="from">The number of newest sweeps to skip.</param>
    /// <param name="count">The number of sweeps to return, from 1 to <see cref="SweepListPage.MaxCount"/>.</param>
    /// <exception cref="InvalidInputException">The page starts before the first sweep, or is empty or too large.</exception>
    [Alias("ListTagged")]
    Task<SweepListPage> ListTaggedAsync(string tag, int from, int count);

    /// <summary>Finds sweeps by name and state, in a given order, with a summary of each for lists.</summary>
    /// <exception cref="InvalidInputException">The page starts before the first sweep, or is empty or too large.</exception>
    [Alias("Search")]
    Task<SweepSearchPage> SearchAsync(SweepQuery query);

    /// <summary>Finds a sweep by an unambiguous prefix of its id, or the newest one by "latest".</summary>
    /// <exception cref="InvalidInputException">No sweep matches, or more than one does.</exception>
    [Alias("Find")]
    Task<SweepId> FindAsync(string idOrPrefix);

    /// <summary>Returns the audit log of the sweeps, newest entry first.</summary>
    /// <exception cref="InvalidInputException">The query asks for fewer than one or more than <see cref="AuditQuery.MaxCount"/>
    /// entries.</exception>
    [Alias("Audit")]
    Task<AuditEntry[]> AuditAsync(AuditQuery query);

    /// <summary>Returns the state of the cluster's silos and of the pools' queues.</summary>
    [Alias("Cluster")]
    Task<ClusterStatus> ClusterAsync();
}
