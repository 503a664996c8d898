using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>The epochs of a job, as <c>sweep curves --json</c> prints them.</summary>
/// <param name="Job">The job's id, state and progress.</param>
/// <param name="IterationsPerEpoch">The number of iterations in one epoch; 0 for methods without training.</param>
/// <param name="Epochs">The job's epochs so far, in order.</param>
public sealed record JobCurve(JobStatus Job, int IterationsPerEpoch, JobEpoch[] Epochs)
{
    /// <summary>Creates the document from a job's history.</summary>
    public static JobCurve Of(JobHistory history) => new(history.Status, history.IterationsPerEpoch, history.Epochs);
}

/// <summary>The masks of a job's context tokens, as <c>sweep masks --json</c> prints them.</summary>
/// <param name="Job">The job's id, state and progress.</param>
/// <param name="Depth">The number of blocks that have context tokens.</param>
/// <param name="Length">The number of tokens per block before pruning.</param>
/// <param name="Steps">The masks after the prune steps, in order.</param>
public sealed record JobMasks(JobStatus Job, int Depth, int Length, MaskStep[] Steps)
{
    /// <summary>Creates the document from a job's history.</summary>
    /// <param name="history">The job's history.</param>
    /// <param name="step">The only step to include, where 0 is the state before the first step; null for all steps, starting with
    /// 1.</param>
    /// <exception cref="InvalidInputException">The job's method does not prune, or the step does not exist.</exception>
    /// <exception cref="AdaptClusterException">The job has not pruned anything yet.</exception>
    public static JobMasks Of(JobHistory history, int? step)
    {
        var grid = TokenGrid.Of(history);
        // Throws if the step does not exist.
        if (step is { } asked) grid.Mask(Branch.Image, asked);
        var steps = step is { } one ? [one] : Enumerable.Range(1, history.Prunes.Length);
        return new(history.Status, grid.Depth, grid.Length, [.. steps.Select(number => new MaskStep(
            number, number == 0 ? 0 : history.Prunes[number - 1].Iteration, number == 0 ? 0 : grid.Epoch(number),
            grid.Rows(Branch.Image, number), grid.Rows(Branch.Text, number)))]);
    }
}

/// <summary>The masks after one prune step.</summary>
/// <param name="Step">The step's number; 0 is the state before the first step.</param>
/// <param name="Iteration">The iteration after which the step happened.</param>
/// <param name="Epoch">The epoch of that iteration.</param>
/// <param name="Image">The image mask: one row per block, 1 for a live token and 0 for a pruned one.</param>
/// <param name="Text">The text mask, in the same form.</param>
public sealed record MaskStep(int Step, int Iteration, int Epoch, int[][] Image, int[][] Text);

/// <summary>The jobs behind a table, as <c>sweep results --runs --json</c> prints them.</summary>
/// <param name="Sweep">The sweep's id.</param>
/// <param name="Name">The sweep's name.</param>
/// <param name="Spec">The spec that was submitted.</param>
/// <param name="Backbone">The jobs' backbone.</param>
/// <param name="BackboneFingerprint">SHA-256 of the backbone's files.</param>
/// <param name="DatasetFingerprints">The SHA-256 hashes that identify the contents of the data sets, keyed by data set name.</param>
/// <param name="Runs">The jobs, in the plan's order.</param>
public sealed record SweepJobs(string Sweep, string Name, JsonNode? Spec, string Backbone, string BackboneFingerprint,
    Dictionary<string, string> DatasetFingerprints, SweepJob[] Runs)
{
    /// <summary>Creates the document without jobs.</summary>
    /// <param name="page">Any page of the sweep's jobs.</param>
    public static SweepJobs Head(SweepRuns page) => new(page.Sweep, page.Name, JsonNode.Parse(page.SpecJson), page.Backbone,
        page.BackboneFingerprint, page.DatasetFingerprints, []);

    /// <summary>Reads a range of the jobs.</summary>
    /// <param name="reads">The reader for the sweep's data.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="after">The number of jobs to skip.</param>
    /// <param name="limit">The maximum number of jobs.</param>
    /// <returns>The jobs, and whether more follow.</returns>
    public static async Task<(SweepJobs Jobs, bool More)> ReadAsync(ISweepReads reads, SweepId sweep, int after, int limit)
    {
        var page = await reads.RunsAsync(sweep, new(after));
        var (head, jobs) = (Head(page), new List<SweepJob>());
        while (page.Runs.Length > 0)
        {
            jobs.AddRange(page.Runs.Take(limit - jobs.Count).Select(run => SweepJob.Of(run, page)));
            if (jobs.Count >= limit || after + jobs.Count >= page.Total) break;
            page = await reads.RunsAsync(sweep, new(after + jobs.Count));
        }
        return (head with { Runs = [.. jobs] }, after + jobs.Count < page.Total);
    }
}

/// <summary>A job with the environment that it ran in.</summary>
/// <param name="Run">The job with its result.</param>
/// <param name="RanOn">The environment of the job's last attempt; null if there was no attempt.</param>
public sealed record SweepJob(JobRun Run, RunEnvironment? RanOn)
{
    /// <summary>Creates the document from a job on a page.</summary>
    public static SweepJob Of(JobRun run, SweepRuns page) => new(run, page.Environments.GetValueOrDefault(run.Environment ?? ""));

    /// <summary>Returns the job as one line of JSON.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, AdaptClusterJson.Compact);
}

/// <summary>Reads a single job.</summary>
public static class JobReader
{
    /// <summary>Reads a job with all available details, as <c>sweep explain --json</c> prints it.</summary>
    /// <param name="reads">The reader for the sweep's data.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="job">The job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    public static async Task<JobDetail> ExplainAsync(this ISweepReads reads, SweepId sweep, string job)
    {
        var detail = await reads.JobAsync(sweep, job);
        return detail.CachedFrom is null ? detail with { Nearest = await reads.NearestAsync(sweep, job) } : detail;
    }
}
