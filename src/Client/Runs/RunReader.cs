using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Client.Runs;

/// <summary>Reads jobs as runs, in chunks, so that memory use does not grow with the number of jobs.</summary>
/// <param name="reads">The reader for the sweep.</param>
/// <param name="status">The sweep's status.</param>
internal sealed class RunReader(ISweepReads reads, SweepStatus status)
{
    /// <summary>The number of concurrent reads; sequential reads from a cluster would mostly wait for the network.</summary>
    private const int AtOnce = 16;

    private readonly SweepId _id = new(status.Summary.Id);
    private readonly ConcurrentDictionary<string, Task<string>> _backbones = [];
    private readonly string _trainer = TrainerVersion.Of(status.Trainer).ToString(CultureInfo.InvariantCulture);

    /// <summary>The sweep.</summary>
    public RunSweep Sweep { get; } =
        new(new(status.Summary.Id), status.Summary.Name, status.Summary.Submitted, status.Summary.SubmittedBy);

    /// <summary>Reads all jobs, in the plan's order.</summary>
    public async IAsyncEnumerable<ExportedRun> AllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var from = 0; ;)
        {
            var page = await reads.RunsAsync(_id, new JobPosition(from));
            if (page.Runs.Length == 0) yield break;
            foreach (var some in page.Runs.Chunk(AtOnce))
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var run in await Task.WhenAll(some.Select(async job => await OfAsync(job,
                    page.Environments.GetValueOrDefault(job.Environment ?? ""), await BackboneAsync(job, page),
                    page.DatasetFingerprints.GetValueOrDefault(job.Definition.Dataset.Name, "")))))
                    yield return run;
            }
            from += page.Runs.Length;
        }
    }

    /// <summary>Reads one job.</summary>
    /// <param name="job">The job's id, or an unambiguous prefix of it.</param>
    public async Task<ExportedRun> OneAsync(string job)
    {
        var detail = await reads.JobAsync(_id, job);
        return await OfAsync(new JobRun
        {
            Job = detail.Status.Id,
            Definition = detail.Definition,
            State = detail.Status.State,
            Attempts = detail.Status.Attempt.Value,
            Worker = detail.Status.Worker,
            CachedFrom = detail.CachedFrom,
            Error = detail.Status.Error,
            Result = detail.Result,
        }, detail.Attempts is [.., var last] ? last.Environment : null, detail.Key["backbone sha-256"], detail.Key["dataset sha-256"]);
    }

    /// <summary>
    /// Returns the SHA-256 of a job's backbone. A page contains the hash of the sweep's first backbone; for any other backbone, one of its
    /// jobs is read.
    /// </summary>
    private Task<string> BackboneAsync(JobRun job, SweepRuns page) =>
        job.Definition.Backbone == page.Backbone ? Task.FromResult(page.BackboneFingerprint)
            : _backbones.GetOrAdd(job.Definition.Backbone,
                async _ => (await reads.JobAsync(_id, job.Job.Value)).Key["backbone sha-256"]);

    private async Task<ExportedRun> OfAsync(JobRun job, RunEnvironment? environment, string backbone, string dataset)
    {
        var times = new RunTimes(await AttemptsAsync(job), Sweep.Submitted);
        JobEpoch[] epochs = job.Definition.Train is null || (job.Attempts == 0 && job.CachedFrom is null) ? []
            : (await reads.HistoryAsync(_id, job.Job.Value)).Epochs;
        var steps = epochs.Zip(times.Of(epochs), Step).ToList();
        DateTimeOffset? ended = job.State is JobState.Queued or JobState.Running ? null
            : times.Ended ?? (steps.Count > 0 ? steps[^1].Time : times.Started + (job.Result?.Duration ?? TimeSpan.Zero));
        if (job.Result is { } result) steps.Add(Step(result, steps.Count > 0 ? steps[^1].Step : 0, ended ?? times.Started));
        return new ExportedRun
        {
            Sweep = Sweep,
            Job = job.Job,
            Name = JobNames.Describe(job.Definition),
            State = job.State,
            Started = times.Started,
            Ended = ended,
            Parameters = RunParameters.Of(job.Definition),
            Steps = [.. steps],
            Tags = [.. Tags(job, environment, backbone, dataset)],
        };
    }

    /// <summary>
    /// Returns the attempts that produced a job's epochs: the job's own attempts, or those of the job that its cached result came from.
    /// </summary>
    private async Task<JobAttempt[]> AttemptsAsync(JobRun job)
    {
        if (job.CachedFrom is not { } origin) return job.Attempts == 0 ? [] : (await reads.JobAsync(_id, job.Job.Value)).Attempts;
        try
        {
            return (await reads.JobAsync(new SweepId(origin), job.Job.Value)).Attempts;
        }
        catch (InvalidInputException)
        {
            // That sweep has been deleted, together with its times.
            return [];
        }
    }

    private static RunStep Step(JobEpoch epoch, DateTimeOffset time) => new(epoch.Epoch, time,
    [
        (RunMetrics.Loss, epoch.Loss), (RunMetrics.TrainAccuracy, epoch.TrainAccuracy), (RunMetrics.LearningRate, epoch.LearningRate),
        (RunMetrics.ImageTokens, epoch.ImageContextTokens), (RunMetrics.TextTokens, epoch.TextContextTokens),
        (RunMetrics.Tokens, epoch.ImageContextTokens + epoch.TextContextTokens), (RunMetrics.EpochSeconds, epoch.Duration.TotalSeconds),
    ]);

    /// <summary>Returns a job's results as a step; an accuracy over no images is omitted.</summary>
    private static RunStep Step(JobResult result, int step, DateTimeOffset time)
    {
        List<(string, double)> values =
        [
            (RunMetrics.Seconds, result.Duration.TotalSeconds), (RunMetrics.Parameters, result.TrainableParameters),
            (RunMetrics.MultiplyAdds, result.MultiplyAdds),
        ];
        if (result.ValidationTotal > 0)
            values.Add((RunMetrics.Validation, Accuracy.Percent(result.ValidationCorrect, result.ValidationTotal)));
        if (result.TestTotal > 0) values.Add((RunMetrics.Test, Accuracy.Percent(result.TestCorrect, result.TestTotal)));
        return new RunStep(step, time, [.. values]);
    }

    private IEnumerable<KeyValuePair<string, string>> Tags(JobRun job, RunEnvironment? environment, string backbone, string dataset)
    {
        var definition = job.Definition;
        (string Name, string? Value)[] tags =
        [
            ("sweep", _id.Value), ("sweep_name", Sweep.Name), ("job", job.Job.Value), ("state", AdaptClusterJson.Name(job.State)),
            ("arm", JobNames.DescribeArm(definition)), ("method", definition.Method), ("dataset", definition.Dataset.Name),
            ("seed", definition.Seed.ToString(CultureInfo.InvariantCulture)),
            ("trainer_version", _trainer),
            ("backbone_sha256", backbone), ("dataset_sha256", dataset),
            ("attempts", job.Attempts.ToString(CultureInfo.InvariantCulture)), ("worker", job.Worker), ("device", environment?.Device),
            ("program", environment?.Version), ("cached_from", job.CachedFrom), ("error", job.Error),
        ];
        return tags.Where(tag => tag.Value is { Length: > 0 }).Select(tag => KeyValuePair.Create(tag.Name, tag.Value!));
    }
}
