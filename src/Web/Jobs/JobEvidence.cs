using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Evidence;

namespace AdaptCluster.Web.Jobs;

/// <summary>What a completed job predicted for its test images, and the images themselves where they can be read.</summary>
/// <param name="Analysis">Statistics of the test split.</param>
/// <param name="Images">The test images; null if they cannot be read here.</param>
/// <param name="Reason">Why they cannot be read.</param>
internal sealed record JobEvidence(SplitAnalysis Analysis, ITestImages? Images, string Reason)
{
    /// <summary>Reads the statistics of a job's predictions.</summary>
    /// <param name="sweep">The job's sweep.</param>
    /// <param name="job">The job.</param>
    /// <returns>Null for a job without a result, and for one whose predictions are not kept or cannot be read.</returns>
    public static async Task<SplitAnalysis?> AnalysisAsync(ISweepGrain sweep, JobDetail job)
    {
        if (job.Status.State != JobState.Completed) return null;
        try
        {
            if (await sweep.FileAsync(job.Status.Id.Value, JobFile.Predictions) is not { } bytes) return null;
            return EvaluatedSplit.Test.Of(JobPredictions.Read(bytes));
        }
        // During an upgrade the sweep may be on a silo that has no such call, or whose form of predictions this one cannot read.
        catch (Exception e) when (e is OrleansException or InvalidInputException)
        {
            return null;
        }
    }

    /// <summary>Reads the evidence of a job, once for all readers: a result does not change.</summary>
    /// <param name="reads">The reads that readers share.</param>
    /// <param name="cluster">Calls the grains.</param>
    /// <param name="images">Reads images; null if this host reads none.</param>
    /// <param name="sweep">The sweep's id, whole or shortened.</param>
    /// <param name="job">The job's id, whole or shortened.</param>
    /// <returns>Null as for <see cref="AnalysisAsync"/>.</returns>
    /// <exception cref="InvalidInputException">There is no such sweep or job.</exception>
    public static async Task<JobEvidence?> ReadAsync(SharedReads reads, ClusterReader cluster, IJobImages? images, string sweep, string job)
    {
        var found = await reads.ReadAsync<Found>($"{sweep}/{job}", async before =>
        {
            if (before?.Evidence is not null) return before;
            var grain = cluster.Sweep(await cluster.Front.FindAsync(sweep));
            var detail = await grain.JobAsync(job);
            if (await AnalysisAsync(grain, detail) is not { } analysis) return new Found(null);
            var (test, reason) = images is null ? (null, "this page reads no data sets")
                : await images.FindAsync(detail.Definition, analysis.Split.Manifest);
            return new Found(new JobEvidence(analysis, test, reason));
        });
        return found.Evidence;
    }

    private sealed record Found(JobEvidence? Evidence);
}
