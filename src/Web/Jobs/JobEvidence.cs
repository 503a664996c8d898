using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Evidence;

namespace AdaptCluster.Web.Jobs;

/// <summary>A completed job's predictions for its test images, and the images if this host can read them.</summary>
/// <param name="Analysis">The statistics for the test split.</param>
/// <param name="Images">The test images; null if this host cannot read them.</param>
/// <param name="Reason">The reason why the images cannot be read.</param>
internal sealed record JobEvidence(SplitAnalysis Analysis, ITestImages? Images, string Reason)
{
    /// <summary>Reads the statistics for a job's predictions.</summary>
    /// <param name="sweep">The job's sweep.</param>
    /// <param name="job">The job.</param>
    /// <returns>The statistics; null if the job has no result, or if its predictions are not stored or cannot be read.</returns>
    public static async Task<SplitAnalysis?> AnalysisAsync(ISweepGrain sweep, JobDetail job)
    {
        if (job.Status.State != JobState.Completed) return null;
        try
        {
            if (await sweep.FileAsync(job.Status.Id.Value, JobFile.Predictions) is not { } bytes) return null;
            return EvaluatedSplit.Test.Of(JobPredictions.Read(bytes));
        }
        // During an upgrade, the sweep may be on a silo that does not support this call, or that writes predictions in a format unknown to
        // this silo.
        catch (Exception e) when (e is OrleansException or InvalidInputException)
        {
            return null;
        }
    }

    /// <summary>Reads the evidence for a job. All callers share one read, because a result does not change.</summary>
    /// <param name="reads">The cache of shared reads.</param>
    /// <param name="cluster">The reader that calls the grains.</param>
    /// <param name="images">The reader of images; null if this host cannot read images.</param>
    /// <param name="sweep">The sweep's id or an unambiguous prefix.</param>
    /// <param name="job">The job's id or an unambiguous prefix.</param>
    /// <returns>The evidence; null in the same cases as <see cref="AnalysisAsync"/>.</returns>
    /// <exception cref="InvalidInputException">The sweep or the job does not exist.</exception>
    public static async Task<JobEvidence?> ReadAsync(SharedReads reads, ClusterReader cluster, IJobImages? images, string sweep, string job)
    {
        var found = await reads.ReadAsync<Found>($"{sweep}/{job}", async before =>
        {
            if (before?.Evidence is not null) return before;
            var grain = cluster.Sweep(await cluster.Front.FindAsync(sweep));
            var detail = await grain.JobAsync(job);
            if (await AnalysisAsync(grain, detail) is not { } analysis) return new Found(null);
            var (test, reason) = images is null ? (null, "this page has no access to data sets")
                : await images.FindAsync(detail.Definition, analysis.Split.Manifest);
            return new Found(new JobEvidence(analysis, test, reason));
        });
        return found.Evidence;
    }

    private sealed record Found(JobEvidence? Evidence);
}
