using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using AdaptCluster.Web.Charts;

namespace AdaptCluster.Web.Sweeps;

/// <summary>The part of a job's training history that is plotted.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Name">The job's description.</param>
/// <param name="Definition">The job's definition.</param>
/// <param name="State">The job's state.</param>
/// <param name="Points"> A sample of at most <see cref="MostPoints"/> epochs, and the last epoch. All jobs with the same number of epochs
/// use the same sample. </param>
/// <param name="Last">The job's last epoch so far.</param>
internal sealed record JobCourse(JobId Id, string Name, JobDefinition Definition, JobState State, CoursePoint[] Points, CoursePoint Last)
{
    /// <summary>The maximum number of sampled epochs. More points would be indistinguishable in a chart.</summary>
    public const int MostPoints = 200;

    /// <summary>Returns the part of a job's history to plot.</summary>
    public static JobCourse Of(JobHistory history, JobState state)
    {
        var step = Math.Max(1, (history.Definition.Epochs + MostPoints - 1) / MostPoints);
        var points = history.Epochs.Select(epoch => new CoursePoint(epoch.Epoch, epoch.Loss, epoch.TrainAccuracy)).ToArray();
        return new(history.Status.Id, history.Status.Description, history.Definition, state,
            Array.FindAll(points, point => (point.Epoch - 1) % step == 0 || point.Epoch == history.Definition.Epochs), points[^1]);
    }
}

/// <summary>The metrics of a job after an epoch.</summary>
/// <param name="Epoch">The epoch, counted from 1.</param>
/// <param name="Loss">The mean loss in the epoch.</param>
/// <param name="Accuracy">The training accuracy in the epoch, in percent.</param>
internal readonly record struct CoursePoint(int Epoch, double Loss, double Accuracy);

/// <summary>The training histories to plot for a sweep's jobs on one data set.</summary>
/// <param name="Total">The number of the sweep's jobs on the data set.</param>
/// <param name="Jobs">Those of the first <see cref="MostJobs"/> jobs, in the plan's order, that have at least one epoch.</param>
internal sealed record CurvesSeen(int Total, JobCourse[] Jobs)
{
    /// <summary>The maximum number of jobs to read and plot. More lines would be indistinguishable.</summary>
    public const int MostJobs = 150;

    /// <summary>The number of concurrent reads.</summary>
    private const int AtOnce = 8;

    /// <summary>Reads the histories. Histories that have not grown since the previous read are reused.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="before">The result of the previous read; null at first.</param>
    public static async Task<CurvesSeen> ReadAsync(ISweepGrain sweep, string dataset, CurvesSeen? before)
    {
        var page = await sweep.JobsAsync(new JobQuery { Dataset = dataset, Count = MostJobs });
        var known = before?.Jobs.ToDictionary(job => job.Id) ?? [];
        var courses = new List<JobCourse>();
        foreach (var some in page.Jobs.Where(job => job.Status.Epoch > 0 || job.CachedFrom is not null).Chunk(AtOnce))
        {
            courses.AddRange((await Task.WhenAll(some.Select(job =>
                CourseAsync(sweep, job, known.GetValueOrDefault(job.Status.Id))))).OfType<JobCourse>());
        }
        var isSame = before is not null && before.Total == page.Total
            && before.Jobs.SequenceEqual(courses, ReferenceEqualityComparer.Instance);
        return isSame ? before! : new(page.Total, [.. courses]);
    }

    /// <summary>Returns the lines of all arms for a metric.</summary>
    /// <param name="sweep">The sweep's id.</param>
    /// <param name="measure">Returns the metric at a point.</param>
    public ChartLine[] Lines(string sweep, Func<CoursePoint, double> measure) =>
    [
        .. SeedGroups.Of(Jobs, job => job.Definition).Select((arm, series) =>
        {
            // A job that ended early would end its arm's mean line at its last epoch.
            var whole = arm.Jobs.Where(job => job.State is not (JobState.Failed or JobState.Cancelled)).Select(job => job.Points);
            return new ChartLine(arm.Label, series, EpochMean.Of(whole, point => point.Epoch, measure), Array.ConvertAll(arm.Jobs, job =>
                new JobLine(job.Name, $"/sweeps/{sweep}/jobs/{job.Id}",
                    Array.ConvertAll(job.Points, point => ((double)point.Epoch, measure(point))))));
        }),
    ];

    /// <summary>Returns the part of a job's history to plot; null if the job has no epochs yet.</summary>
    private static async Task<JobCourse?> CourseAsync(ISweepGrain sweep, JobRow job, JobCourse? known)
    {
        if (known is not null && (job.CachedFrom is not null || known.Last.Epoch == job.Status.Epoch))
            return known.State == job.Status.State ? known : known with { State = job.Status.State };
        var history = await sweep.HistoryAsync(job.Status.Id.Value);
        return history.Epochs.Length == 0 ? null : JobCourse.Of(history, job.Status.State);
    }
}
