using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>The epochs of a job, as <c>sweep curves --json</c> prints them.</summary>
/// <param name="Job">Id, state, progress.</param>
/// <param name="IterationsPerEpoch">Iterations of one epoch; 0 without training.</param>
/// <param name="Epochs">Its epochs so far, in their order.</param>
public sealed record JobCurve(JobStatus Job, int IterationsPerEpoch, JobEpoch[] Epochs)
{
    /// <summary>Those of a history.</summary>
    public static JobCurve Of(JobHistory history) => new(history.Status, history.IterationsPerEpoch, history.Epochs);
}

/// <summary>Which context tokens of a job lived, as <c>sweep masks --json</c> prints it.</summary>
/// <param name="Job">Id, state, progress.</param>
/// <param name="Depth">Blocks that have context tokens.</param>
/// <param name="Length">Tokens of a block before pruning.</param>
/// <param name="Steps">The masks after prune steps, in their order.</param>
public sealed record JobMasks(JobStatus Job, int Depth, int Length, MaskStep[] Steps)
{
    /// <summary>Those of a history.</summary>
    /// <param name="history">What the job did.</param>
    /// <param name="step">One step alone, 0 for before the first; null for all from 1.</param>
    /// <exception cref="InvalidInputException">The job's method prunes nothing, or there is no such step.</exception>
    /// <exception cref="AdaptClusterException">It has pruned nothing yet.</exception>
    public static JobMasks Of(JobHistory history, int? step)
    {
        var grid = TokenGrid.Of(history);
        // Refuses a step that there is not.
        if (step is { } asked) grid.Mask(Branch.Image, asked);
        var steps = step is { } one ? [one] : Enumerable.Range(1, history.Prunes.Length);
        return new(history.Status, grid.Depth, grid.Length, [.. steps.Select(number => new MaskStep(
            number, number == 0 ? 0 : history.Prunes[number - 1].Iteration, number == 0 ? 0 : grid.Epoch(number),
            grid.Rows(Branch.Image, number), grid.Rows(Branch.Text, number)))]);
    }
}

/// <summary>The masks after one prune step.</summary>
/// <param name="Step">Its number; 0 is before the first.</param>
/// <param name="Iteration">The iteration that it followed.</param>
/// <param name="Epoch">The epoch of that.</param>
/// <param name="Image">Of the image branch: a row for each block, 1 for a token that lives and 0 for one that was pruned.</param>
/// <param name="Text">The same of the text branch.</param>
public sealed record MaskStep(int Step, int Iteration, int Epoch, int[][] Image, int[][] Text);

/// <summary>The jobs behind a table, as <c>sweep results --runs --json</c> prints them.</summary>
/// <param name="Sweep">The sweep's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Spec">The spec it was submitted with.</param>
/// <param name="Backbone">The backbone of its jobs.</param>
/// <param name="BackboneFingerprint">SHA-256 of the backbone's files.</param>
/// <param name="DatasetFingerprints">SHA-256 of what each data set is made from, by its name.</param>
/// <param name="Runs">The jobs, in the plan's order.</param>
public sealed record SweepJobs(string Sweep, string Name, JsonNode? Spec, string Backbone, string BackboneFingerprint,
    Dictionary<string, string> DatasetFingerprints, SweepJob[] Runs)
{
    /// <summary>What stands above the jobs.</summary>
    /// <param name="page">Any page of the jobs.</param>
    public static SweepJobs Head(SweepRuns page) => new(page.Sweep, page.Name, JsonNode.Parse(page.SpecJson), page.Backbone,
        page.BackboneFingerprint, page.DatasetFingerprints, []);

    /// <summary>Reads some of the jobs.</summary>
    /// <param name="reads">Who has them.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="after">How many come before the first.</param>
    /// <param name="limit">Most jobs.</param>
    /// <returns>The jobs, and whether others come after them.</returns>
    public static async Task<(SweepJobs Jobs, bool More)> ReadAsync(ISweepReads reads, SweepId sweep, int after, int limit)
    {
        var page = await reads.RunsAsync(sweep, new(after));
        var (head, jobs) = (Head(page), new List<SweepJob>());
        while (page.Runs.Length > 0)
        {
            jobs.AddRange(page.Runs.Take(limit - jobs.Count).Select(run => SweepJob.Of(run, page)));
            if (jobs.Count >= limit) break;
            page = await reads.RunsAsync(sweep, new(after + jobs.Count));
        }
        return (head with { Runs = [.. jobs] }, after + jobs.Count < page.Total);
    }
}

/// <summary>A job and what it ran on.</summary>
/// <param name="Run">The job with what it found.</param>
/// <param name="RanOn">What its last attempt ran on; null before one.</param>
public sealed record SweepJob(JobRun Run, RunEnvironment? RanOn)
{
    /// <summary>A job of a page.</summary>
    public static SweepJob Of(JobRun run, SweepRuns page) => new(run, page.Environments.GetValueOrDefault(run.Environment ?? ""));

    /// <summary>The job as one line of JSON.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, AdaptClusterJson.Compact);
}

/// <summary>What is read of one job.</summary>
public static class JobReading
{
    /// <summary>A job with everything that is known of it, as <c>sweep explain --json</c> prints it.</summary>
    /// <param name="reads">Who has it.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="job">The job's id, or an unambiguous prefix of it.</param>
    /// <exception cref="InvalidInputException">None, or more than one, fits.</exception>
    public static async Task<JobDetail> ExplainAsync(this ISweepReads reads, SweepId sweep, string job)
    {
        var detail = await reads.JobAsync(sweep, job);
        return detail.CachedFrom is null ? detail with { Nearest = await reads.NearestAsync(sweep, job) } : detail;
    }
}
