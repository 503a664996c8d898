using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>One sweep: its jobs, their attempts and what they report. Key: the sweep id.</summary>
[Alias("ISweepGrain")]
public interface ISweepGrain : IGrainWithStringKey
{
    /// <summary>
    /// Writes the sweep and its jobs in one transaction and offers its packs; called again for the same sweep, it goes on with what
    /// is left and retries what failed.
    /// </summary>
    /// <param name="plan">The sweep's plan.</param>
    [Alias("Submit")]
    Task SubmitAsync(SweepPlan plan);

    /// <summary>Starts an attempt of each unfinished job of a leased pack; earlier open attempts count as lost.</summary>
    /// <param name="pack">The pack's number.</param>
    /// <param name="worker">Who runs it.</param>
    /// <returns>The jobs to run; empty when there is nothing left to do.</returns>
    [Alias("Begin")]
    Task<JobAssignment[]> BeginAsync(int pack, string worker);

    /// <summary>Keeps an epoch and its checkpoint.</summary>
    /// <returns>False when the attempt is not the job's current one: the worker stops this job.</returns>
    [Alias("ReportEpoch")]
    Task<bool> ReportEpochAsync(JobId job, int attempt, EpochReport report);

    /// <summary>Keeps a job's result.</summary>
    /// <returns>False when the attempt is not the job's current one: the result was refused.</returns>
    [Alias("Complete")]
    Task<bool> CompleteAsync(JobId job, int attempt, JobResult result);

    /// <summary>Notes that an attempt ended in an error; the job waits again or is given up.</summary>
    [Alias("Fail")]
    Task FailAsync(JobId job, int attempt, JobFault fault);

    /// <summary>Notes that a worker handed attempts back unharmed.</summary>
    [Alias("Return")]
    Task ReturnAsync(JobId job, int attempt);

    /// <summary>Stops the sweep; finished jobs keep their results.</summary>
    [Alias("Cancel")]
    Task CancelAsync();

    /// <summary>Queues the jobs that failed once more.</summary>
    /// <returns>How many there were.</returns>
    [Alias("Retry")]
    Task<int> RetryAsync();

    /// <summary>Counts, speed and running jobs.</summary>
    [Alias("Status")]
    Task<SweepStatus> StatusAsync();
}

/// <summary>The aggregates of one sweep. Key: the sweep id.</summary>
[Alias("ICoordinatorGrain")]
public interface ICoordinatorGrain : IGrainWithStringKey
{
    /// <summary>Takes a job's accepted result in.</summary>
    [Alias("Add")]
    Task AddAsync(JobId job, JobResult result);

    /// <summary>The table as far as it is filled.</summary>
    [Alias("Results")]
    Task<SweepResults> ResultsAsync();
}

/// <summary>What concerns no single sweep: planning, submission and listing. Stateless; any key.</summary>
[Alias("IFrontGrain")]
public interface IFrontGrain : IGrainWithIntegerKey
{
    /// <summary>Checks a spec against this silo's backbones and data sets and plans it, without side effects.</summary>
    /// <param name="specJson">The spec.</param>
    /// <param name="source">What errors call it, such as the file's name.</param>
    /// <exception cref="InvalidInputException">The spec is refused.</exception>
    [Alias("Plan")]
    Task<SweepPlan> PlanAsync(string specJson, string source);

    /// <summary>Plans a spec and submits it. The same spec over the same files is the same sweep.</summary>
    /// <param name="specJson">The spec.</param>
    /// <param name="source">What errors call it, such as the file's name.</param>
    /// <exception cref="InvalidInputException">The spec is refused.</exception>
    [Alias("Submit")]
    Task<SweepId> SubmitAsync(string specJson, string source);

    /// <summary>All sweeps, newest first.</summary>
    [Alias("List")]
    Task<SweepSummary[]> ListAsync();

    /// <summary>Finds a sweep by an unambiguous prefix of its id, or the newest by "latest".</summary>
    /// <exception cref="InvalidInputException">None, or more than one, fits.</exception>
    [Alias("Find")]
    Task<SweepId> FindAsync(string idOrPrefix);
}
