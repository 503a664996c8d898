using System.Diagnostics.Metrics;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Silo.Configuration;

namespace AdaptCluster.Silo.Telemetry;

/// <summary>
/// Metrics for this silo's workers. Most instruments count only what the store has accepted, so that the sums over all silos match the
/// store. The trainer measures only the wall-clock time of each epoch, which requires no GPU synchronisation.
/// </summary>
internal sealed class WorkerInstruments
{
    /// <summary>
    /// Bucket boundaries for the duration of a step in seconds. They range from a tiny CLIP on a CPU to ImageNet's thousand classes on a
    /// slow device.
    /// </summary>
    private static readonly double[] StepBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private static readonly double[] CheckpointBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
    private readonly Counter<long> _iterations, _images, _checkpointBytes, _progress;
    private readonly Histogram<double> _step, _checkpoint;
    private readonly UpDownCounter<int> _lanes;
    private readonly KeyValuePair<string, object?> _pool;

    public WorkerInstruments(IMeterFactory meters, SiloSettings settings)
    {
        _pool = new(MetricLabels.Pool, settings.Pool);
        var meter = meters.Create(ClusterTelemetry.Name);
        _iterations = meter.CreateCounter<long>("adaptcluster.iterations", "{iteration}",
            "Training iterations, counted at the end of each epoch.");
        _images = meter.CreateCounter<long>("adaptcluster.images", "{image}",
            "Images processed by the towers, for training or evaluation.");
        _step = meter.CreateHistogram("adaptcluster.step.duration", "s",
            "Duration of one training iteration: the duration of an epoch divided by its iterations.", advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = StepBuckets,
            });
        _checkpoint = meter.CreateHistogram("adaptcluster.checkpoint.duration", "s",
            "Time from an epoch's end until the store has its checkpoint; the trainer does not wait for it.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = CheckpointBuckets });
        _checkpointBytes = meter.CreateCounter<long>(
            "adaptcluster.checkpoint.written", "By", "Bytes of checkpoints that the store has accepted.");
        _progress = meter.CreateCounter<long>("adaptcluster.progress", "{step}",
            "Iterations, decoded images and evaluated batches of this silo's workers, whether or not the store has recorded them.");
        _progress.Add(0, _pool);
        _lanes = meter.CreateUpDownCounter<int>("adaptcluster.lanes.in_use", "{lane}", "Jobs in training or evaluation.");
        _lanes.Add(0, _pool);
        meter.CreateObservableGauge("adaptcluster.workers", () => new Measurement<int>(settings.Workers, _pool), "{worker}",
            "Workers of this silo.");
    }

    /// <summary>Counts one unit of a worker's progress, whether or not the store has recorded it.</summary>
    public void Moved() => _progress.Add(1, _pool);

    /// <summary>Counts a lane as in use when a job starts.</summary>
    public void Begin() => _lanes.Add(1, _pool);

    /// <summary>Counts a lane as free again when a job ends, for whatever reason.</summary>
    public void End() => _lanes.Add(-1, _pool);

    /// <summary>Counts an epoch that the store has accepted.</summary>
    /// <param name="job">The job.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="kept">The time between the end of the epoch and the moment at which it was stored.</param>
    public void Epoch(JobDefinition job, EpochReport epoch, TimeSpan kept)
    {
        KeyValuePair<string, object?> dataset = new(MetricLabels.Dataset, job.Dataset.Name), method = new(MetricLabels.Method, job.Method);
        _iterations.Add(epoch.Iterations, dataset, method);
        _images.Add(epoch.Images, dataset, method, Phase("train"));
        if (epoch.Iterations > 0) _step.Record(epoch.Duration.TotalSeconds / epoch.Iterations, dataset, method);
        // Of several epochs that waited for the store, only the last carried a checkpoint.
        if (epoch.Checkpoint.Length > 0) Checkpoint(epoch.Checkpoint, kept);
    }

    /// <summary>Counts a result that the store has accepted.</summary>
    public void Result(JobDefinition job, JobResult result) => _images.Add(result.ValidationTotal + result.TestTotal,
        new(MetricLabels.Dataset, job.Dataset.Name), new(MetricLabels.Method, job.Method), Phase("evaluate"));

    /// <summary>Counts a checkpoint that the store has accepted.</summary>
    public void Checkpoint(byte[] content, TimeSpan kept)
    {
        _checkpoint.Record(kept.TotalSeconds);
        _checkpointBytes.Add(content.Length);
    }

    private static KeyValuePair<string, object?> Phase(string phase) => new(MetricLabels.Phase, phase);
}
