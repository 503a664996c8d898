using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Workers;
using AdaptCluster.Training.Jobs;
using TorchSharp;

namespace AdaptCluster.Silo.Library;

/// <summary>
/// Runs the jobs of one worker by the trainer. The jobs of a pack share their draw, so its decoded images are kept until a job with another
/// one comes.
/// </summary>
internal sealed class TrainingExecutor(TrainingLibrary library, SiloSettings settings) : IJobExecutor, IDisposable
{
    private readonly Lock _running = new();
    private (string Backbone, DatasetSource Dataset, string Images, int Shots, int Seed) _draw;
    private JobRunner? _runner;

    public JobResult Run(JobAssignment job, Action<EpochReport> onEpoch, CancellationToken cancellation)
    {
        // The number of threads belongs to the calling thread, and every job runs on a new one.
        torch.set_num_threads(settings.Threads);
        lock (_running) return Runner(job).Run(job.Definition, job.Checkpoint, onEpoch, cancellation);
    }

    /// <summary>Waits for a job that still ends: tensors freed under a native call would take the process down.</summary>
    public void Dispose()
    {
        lock (_running) _runner?.Dispose();
    }

    private JobRunner Runner(JobAssignment assignment)
    {
        var job = assignment.Definition;
        var draw = (assignment.BackboneFingerprint, job.Dataset, assignment.DatasetFingerprint, job.Shots, job.Seed);
        if (_runner is not null && draw == _draw) return _runner;
        _runner?.Dispose();
        _runner = null;
        try
        {
            var backbone = library.Backbone(job.Backbone, assignment.BackboneFingerprint);
            var data = library.Dataset(job.Dataset, assignment.DatasetFingerprint).Load(job.Shots, job.Seed, job.Dataset.Template);
            (_draw, _runner) = (draw, new JobRunner(backbone.Model, backbone.Tokenizer, data, backbone.Preprocessor));
            return _runner;
        }
        // The plan was made on files that are good, so it is this silo that lacks them or has others.
        catch (InvalidInputException e)
        {
            throw new UnfitSiloException(e);
        }
    }
}
