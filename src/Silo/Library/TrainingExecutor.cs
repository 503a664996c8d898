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

    public void Run(IReadOnlyList<PackJob> jobs)
    {
        // The number of threads belongs to the calling thread, and every pack runs on a new one.
        torch.set_num_threads(settings.Threads);
        var options = new PackOptions { Lanes = settings.Lanes, ShareTrunks = settings.ShareTrunks };
        lock (_running)
        {
            foreach (var draw in jobs.GroupBy(job => DrawOf(job.Assignment)))
            {
                if (Runner(draw.First().Assignment, draw) is not { } runner) continue;
                runner.Run([.. draw.Select(job => new JobRun(job.Assignment.Definition, job.Assignment.Checkpoint, job.Events))], options);
            }
        }
    }

    /// <summary>Waits for a job that still ends: tensors freed under a native call would take the process down.</summary>
    public void Dispose()
    {
        lock (_running) _runner?.Dispose();
    }

    private static (string Backbone, DatasetSource Dataset, string Images, int Shots, int Seed) DrawOf(JobAssignment assignment)
    {
        var job = assignment.Definition;
        return (assignment.BackboneFingerprint, job.Dataset, assignment.DatasetFingerprint, job.Shots, job.Seed);
    }

    /// <returns>Null where this silo cannot run the jobs; they have heard of it.</returns>
    private JobRunner? Runner(JobAssignment assignment, IEnumerable<PackJob> jobs)
    {
        var (job, draw) = (assignment.Definition, DrawOf(assignment));
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
        // The boundary of the jobs: what cannot be opened is their fault or this silo's, and never the end of the worker.
        catch (Exception e)
        {
            // The plan was made on files that are good, so it is this silo that lacks them or has others.
            foreach (var one in jobs) one.Events.Fail(e is InvalidInputException unfit ? new UnfitSiloException(unfit) : e);
            return null;
        }
    }
}
