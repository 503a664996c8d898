using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Workers;
using AdaptCluster.Training.Jobs;
using TorchSharp;

namespace AdaptCluster.Silo.Library;

/// <summary>Runs jobs by the trainer, with this silo's backbones and data sets.</summary>
internal sealed class TrainingExecutor(TrainingLibrary library, SiloSettings settings) : IJobExecutor
{
    public JobResult Run(JobDefinition job, byte[]? checkpoint, Action<EpochReport> onEpoch, CancellationToken cancellation)
    {
        // The number of threads belongs to the calling thread, and every job runs on a new one.
        torch.set_num_threads(settings.Threads);
        var backbone = library.Backbone(job.Backbone);
        var data = library.Draw(job.Dataset, job.Shots, job.Seed);
        return new JobRunner(backbone.Model, backbone.Tokenizer, backbone.Preprocessor, data).Run(job, checkpoint, onEpoch, cancellation);
    }
}
