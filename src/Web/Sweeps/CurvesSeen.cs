using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using AdaptCluster.Web.Charts;

namespace AdaptCluster.Web.Sweeps;

/// <summary>The courses of the jobs of a sweep on one data set.</summary>
/// <param name="Total">The number of its jobs on that data set.</param>
/// <param name="Histories">The jobs with at least one epoch, in the plan's order; at most <see cref="MostJobs"/>.</param>
internal sealed record CurvesSeen(int Total, JobHistory[] Histories)
{
    /// <summary>The maximum number of jobs that are read and drawn; more lines cannot be told apart.</summary>
    public const int MostJobs = 150;

    /// <summary>The number of concurrent reads.</summary>
    private const int AtOnce = 8;

    /// <summary>Reads the courses. Those that have not grown since the last read are taken from it.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="before">The last read; null at first.</param>
    public static async Task<CurvesSeen> ReadAsync(ISweepGrain sweep, string dataset, CurvesSeen? before)
    {
        var page = await sweep.JobsAsync(new JobQuery { Dataset = dataset, Count = MostJobs });
        var known = before?.Histories.ToDictionary(history => history.Status.Id) ?? [];
        var histories = new List<JobHistory>();
        foreach (var some in page.Jobs.Where(job => job.Status.Epoch > 0 || job.CachedFrom is not null).Chunk(AtOnce))
            histories.AddRange(await Task.WhenAll(some.Select(job => HistoryAsync(sweep, job, known.GetValueOrDefault(job.Status.Id)))));
        var isSame = before is not null && before.Total == page.Total
            && before.Histories.SequenceEqual(histories, ReferenceEqualityComparer.Instance);
        return isSame ? before! : new(page.Total, [.. histories]);
    }

    /// <summary>Returns the lines of all arms for one measure.</summary>
    /// <param name="sweep">The sweep's id.</param>
    /// <param name="measure">The measure.</param>
    public ChartLine[] Lines(string sweep, Func<JobEpoch, double> measure) =>
    [
        .. SeedGroups.Of(Histories.Where(history => history.Epochs.Length > 0), history => history.Definition).Select((arm, series) =>
            new ChartLine(arm.Label, series, EpochMean.Of(arm.Jobs.Select(job => job.Epochs), measure), Array.ConvertAll(arm.Jobs, job =>
                new JobLine(job.Status.Description, $"/sweeps/{sweep}/jobs/{job.Status.Id}",
                    Array.ConvertAll(job.Epochs, epoch => ((double)epoch.Epoch, measure(epoch))))))),
    ];

    private static async Task<JobHistory> HistoryAsync(ISweepGrain sweep, JobRow job, JobHistory? known) =>
        known is not null && (job.CachedFrom is not null || known.Epochs.Length == job.Status.Epoch)
            ? known : await sweep.HistoryAsync(job.Status.Id.Value);
}
