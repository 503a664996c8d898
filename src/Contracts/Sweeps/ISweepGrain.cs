using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using Orleans.Concurrency;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>One sweep: its jobs, their attempts and what they report. Key: the sweep id.</summary>
[Alias("ISweepGrain")]
public interface ISweepGrain : IGrainWithStringKey
{
    /// <summary>
    /// Writes the sweep and its jobs in one transaction and offers its packs; called again for the same sweep, it goes on with what
    /// is left and retries what failed or was cancelled.
    /// </summary>
    [Alias("Submit"), ResponseTimeout("00:10:00")]
    Task SubmitAsync(SweepPlan plan, SubmitOptions options);

    /// <summary>
    /// Starts an attempt of the waiting jobs that a lease covers. May be repeated: what the same lease has begun is handed out again under
    /// the same attempts.
    /// </summary>
    /// <returns>The jobs to run; none when there is nothing left to do, or the worker has another trainer version than the plan.</returns>
    [Alias("Begin")]
    Task<PackAssignment> BeginAsync(PackStart start);

    /// <summary>
    /// Keeps what a worker says, all of it or, on a passing error, nothing. May be repeated: what was kept already is accepted again.
    /// </summary>
    /// <returns>For each report whether it was accepted; not, when its attempt is not the job's current one, or the store can never take
    /// it: the worker stops this job.</returns>
    [Alias("Report")]
    Task<bool[]> ReportAsync(JobReport[] reports);

    /// <summary>What queues of 0.1.0 call at the end of a lease.</summary>
    [Alias("LeaseLost")]
    Task LeaseLostAsync(PackNumber pack, LeaseId lease);

    /// <summary>A lease has ended: what it still had open waits again, and counts as lost where it can have run. May be repeated.</summary>
    /// <param name="pack">The pack's number in the plan.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="unbegun">Whether its worker says that no job of it has run (<see cref="LeaseEnd.Unbegun"/>).</param>
    /// <returns>What waits of the pack now; null when nothing does, or the sweep does not run.</returns>
    [Alias("LeaseEnded")]
    Task<PackOffer?> LeaseEndedAsync(PackNumber pack, LeaseId lease, bool unbegun = false);

    /// <summary>
    /// What the queue of a pool says, after <see cref="LeaseEndedAsync"/>, when it has no place for what waits: the sweep may have gone to
    /// another pool, whose queue hears of it then.
    /// </summary>
    /// <param name="pool">The pool.</param>
    /// <param name="pack">The pack's number in the plan.</param>
    /// <param name="lease">The lease that has ended.</param>
    [Alias("LeaseEndedIn")]
    Task LeaseEndedInAsync(string pool, PackNumber pack, LeaseId lease);

    /// <summary>What is unfinished of leases, as far as they have begun; by it the queue divides them when workers idle.</summary>
    [Alias("Rests")]
    Task<PackOffer[]> RestsAsync(LeaseId[] leases);

    /// <summary>Leases nothing more of the sweep.</summary>
    /// <param name="now">Whether running jobs stop at once, to go on from their checkpoint later; otherwise they end first.</param>
    /// <exception cref="InvalidInputException">It does not run.</exception>
    [Alias("Pause")]
    Task PauseAsync(bool now);

    /// <summary>Goes on after a pause, a cancellation or an interruption.</summary>
    /// <exception cref="InvalidInputException">It has ended.</exception>
    [Alias("Resume")]
    Task ResumeAsync();

    /// <summary>Stops the sweep; finished jobs keep their results. It is cancelled when every lease has confirmed.</summary>
    [Alias("Cancel")]
    Task CancelAsync();

    /// <summary>Queues jobs once more.</summary>
    /// <param name="which">Which of those without a result.</param>
    /// <returns>How many there were.</returns>
    [Alias("Retry")]
    Task<int> RetryAsync(RetryScope which);

    /// <summary>Deletes the sweep, of which nothing may run; what other sweeps took over from it stays with them.</summary>
    /// <param name="keepResults">Whether its table and its results stay, and only epochs, masks, prompts and checkpoints go.</param>
    /// <exception cref="InvalidInputException">It is not there, or it runs.</exception>
    [Alias("Delete"), ResponseTimeout("00:10:00")]
    Task DeleteAsync(bool keepResults);

    /// <summary>Changes how the queue treats the sweep, at once.</summary>
    [Alias("Set")]
    Task SetAsync(ShareChange change);

    /// <summary>Changes its name, its note or its tags, in whatever state it is.</summary>
    /// <exception cref="InvalidInputException">It is not there, the caller may only read, or a text is refused.</exception>
    [Alias("Label")]
    Task LabelAsync(LabelChange change);

    /// <summary>Counts, speed and running jobs.</summary>
    [Alias("Status"), AlwaysInterleave]
    Task<SweepStatus> StatusAsync();

    /// <summary>One job with its attempts and where its result came from.</summary>
    /// <param name="job">A job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">None, or more than one, fits.</exception>
    [Alias("Job")]
    Task<JobDetail> JobAsync(string job);

    /// <summary>
    /// Of the other sweeps' finished jobs, the one whose key differs least from a job's; null when there is none. Many plans are read for
    /// it.
    /// </summary>
    /// <param name="job">A job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">None, or more than one, fits.</exception>
    [Alias("Nearest")]
    Task<CacheMiss?> NearestAsync(string job);

    /// <summary>The epochs and prune steps of a job.</summary>
    /// <param name="job">A job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">None, or more than one, fits.</exception>
    [Alias("History")]
    Task<JobHistory> HistoryAsync(string job);

    /// <summary>What is kept of a finished job beside its numbers.</summary>
    /// <param name="job">A job's id, or an unambiguous prefix of it.</param>
    /// <param name="file">Which of it.</param>
    /// <returns>Null where the job has none: it has not finished, trains nothing, or its file is no longer kept.</returns>
    /// <exception cref="InvalidInputException">None, or more than one, fits.</exception>
    [Alias("File")]
    Task<byte[]?> FileAsync(string job, JobFile file);

    /// <summary>The jobs behind each complete cell of the table, by row and data set in the table's order.</summary>
    [Alias("Cells")]
    Task<CellJobs[]> CellsAsync();

    /// <summary>Some of the jobs, found and counted where they are stored.</summary>
    /// <exception cref="InvalidInputException">The query asks for fewer than one or more than <see cref="JobQuery.MaxCount"/> jobs, or
    /// begins before the first.</exception>
    [Alias("Jobs")]
    Task<JobPage> JobsAsync(JobQuery query);

    /// <summary>Beginnings and ends of attempts, oldest first: the last <see cref="AttemptEvent.MaxListed"/> of those asked for.</summary>
    /// <param name="job">A job's id, or an unambiguous prefix of it; null for all jobs.</param>
    /// <param name="from">Only those at this time or later; null for all.</param>
    /// <exception cref="InvalidInputException">None, or more than one, fits.</exception>
    [Alias("Log")]
    Task<AttemptEvent[]> LogAsync(string? job, DateTimeOffset? from);
}

/// <summary>The table of one sweep. Key: the sweep id.</summary>
[Alias("ICoordinatorGrain")]
public interface ICoordinatorGrain : IGrainWithStringKey
{
    /// <summary>Takes accepted results in.</summary>
    [Alias("Add")]
    Task AddAsync(JobOutcome[] outcomes);

    /// <summary>The table as far as it is filled.</summary>
    [Alias("Results")]
    Task<SweepResults> ResultsAsync();

    /// <summary>Accuracy over T_target of each arm that has one, by data set, as far as it is known.</summary>
    [Alias("Curves")]
    Task<TargetCurve[]> CurvesAsync();

    /// <summary>The jobs behind the table, with what each ran on.</summary>
    /// <param name="from">Position of the first.</param>
    [Alias("Runs")]
    Task<SweepRuns> RunsAsync(JobPosition from);
}

/// <summary>What concerns no single sweep: planning, submission and listing. Stateless; any key.</summary>
[Alias("IFrontGrain")]
public interface IFrontGrain : IGrainWithIntegerKey
{
    /// <summary>Checks a spec against this silo's backbones and data sets and plans it, without side effects.</summary>
    /// <param name="specJson">The spec.</param>
    /// <param name="source">What errors call it, such as the file's name.</param>
    /// <exception cref="InvalidInputException">The spec is refused.</exception>
    [Alias("Plan"), ResponseTimeout("00:10:00")]
    Task<PlanPreview> PlanAsync(string specJson, string source);

    /// <summary>Plans a spec and submits it. The same spec over the same files is the same sweep.</summary>
    /// <param name="specJson">The spec.</param>
    /// <param name="source">What errors call it, such as the file's name.</param>
    /// <param name="options">How it is queued and whether earlier results count.</param>
    /// <exception cref="InvalidInputException">The spec is refused.</exception>
    [Alias("Submit"), ResponseTimeout("00:10:00")]
    Task<SweepId> SubmitAsync(string specJson, string source, SubmitOptions options);

    /// <summary>
    /// Plans a sweep anew for the trainer version that the workers of its pool run now, as another sweep, and cancels the old one: no table
    /// mixes results of two versions, since their digits differ.
    /// </summary>
    /// <returns>The new sweep.</returns>
    /// <exception cref="InvalidInputException">It is complete, or planned for that version already.</exception>
    [Alias("Replan"), ResponseTimeout("00:10:00")]
    Task<SweepId> ReplanAsync(SweepId id);

    /// <summary>All sweeps, newest first: for clients from before there were pages.</summary>
    [Alias("List")]
    Task<SweepSummary[]> ListAsync();

    /// <summary>Some of the sweeps, newest first; only the jobs of these are counted.</summary>
    /// <param name="from">How many of the newest are left out.</param>
    /// <param name="count">How many are wanted, 1 to <see cref="SweepListPage.MaxCount"/>.</param>
    /// <exception cref="InvalidInputException">The page begins before the first sweep, or is empty or too large.</exception>
    [Alias("ListPage")]
    Task<SweepListPage> ListPageAsync(int from, int count);

    /// <summary>The same of those that have a tag.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="from">How many of the newest are left out.</param>
    /// <param name="count">How many are wanted, 1 to <see cref="SweepListPage.MaxCount"/>.</param>
    /// <exception cref="InvalidInputException">The page begins before the first sweep, or is empty or too large.</exception>
    [Alias("ListTagged")]
    Task<SweepListPage> ListTaggedAsync(string tag, int from, int count);

    /// <summary>Finds sweeps by name and state, in some order, with what a list says of each.</summary>
    /// <exception cref="InvalidInputException">The page begins before the first sweep, or is empty or too large.</exception>
    [Alias("Search")]
    Task<SweepSearchPage> SearchAsync(SweepQuery query);

    /// <summary>Finds a sweep by an unambiguous prefix of its id, or the newest by "latest".</summary>
    /// <exception cref="InvalidInputException">None, or more than one, fits.</exception>
    [Alias("Find")]
    Task<SweepId> FindAsync(string idOrPrefix);

    /// <summary>Who did what to the sweeps, newest first.</summary>
    /// <exception cref="InvalidInputException">The query asks for fewer than one or more than <see cref="AuditQuery.MaxCount"/>
    /// entries.</exception>
    [Alias("Audit")]
    Task<AuditEntry[]> AuditAsync(AuditQuery query);

    /// <summary>The silos of the cluster and the pools' queues.</summary>
    [Alias("Cluster")]
    Task<ClusterStatus> ClusterAsync();
}
