using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Workers;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Jobs;
using TorchSharp;

namespace AdaptCluster.Silo.Library;

/// <summary>
/// Runs the jobs of one worker with the trainer. The jobs of a pack share their data set, so its few-shot splits are kept until a job with
/// a different data set arrives. Test images are cached for all workers.
/// </summary>
internal sealed class TrainingExecutor(TrainingLibrary library, SiloSettings settings, MethodCatalog methods) : IJobExecutor, IDisposable
{
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(10);
    private readonly Lock _running = new();
    private Shared? _shared;
    private JobRunner? _runner;

    public void Run(IReadOnlyList<PackJob> jobs)
    {
        // The number of threads is a property of the calling thread, and every pack runs on a new thread.
        torch.set_num_threads(settings.Threads);
        var options = PackOptions.For(library.Device) with
        {
            Lanes = settings.Lanes,
            StepBytes = settings.StepBytes,
            ShareTrunks = settings.ShareTrunks,
        };
        lock (_running)
        {
            foreach (var group in jobs.GroupBy(job => Shared.Of(job.Assignment)))
            {
                if (Runner(group.Key, group) is not { } runner) continue;
                runner.Run([.. group.Select(job => new JobRun(job.Assignment.Definition, job.Assignment.Checkpoint, job.Events)
                {
                    Trained = job.Assignment.Trained,
                })], options);
            }
        }
    }

    /// <summary>
    /// Waits for a job that is still stopping, because freeing tensors during a native call would crash the process. If a thread hangs in
    /// such a call, its tensors are not freed; the process is about to exit anyway.
    /// </summary>
    public void Dispose()
    {
        if (!_running.TryEnter(EndWithin)) return;
        try
        {
            _runner?.Dispose();
        }
        finally
        {
            _running.Exit();
        }
    }

    /// <returns>The runner; null if this silo cannot run the jobs. They have then been reported as failed.</returns>
    private JobRunner? Runner(Shared shared, IEnumerable<PackJob> jobs)
    {
        try
        {
            if (settings.Workers > 1 && library.Device.type == DeviceType.CUDA
                && jobs.Any(job => job.Assignment.Definition.Train?.Precision == Precision.Tf32))
            {
                throw new InvalidInputException(
                    $"train.precision tf32 applies to the whole process, but this silo's {settings.Workers} workers "
                    + "may need different precisions; "
                    + $"set {SettingsReader.Name("Workers")} to 1, or use another precision.");
            }
            // The silo that made the plan knows the method, so an unknown method means that this silo lacks its assembly.
            foreach (var job in jobs) methods.Find(job.Assignment.Definition.Method);
            if (_runner is not null && shared == _shared) return _runner;
            _runner?.Dispose();
            _runner = null;
            using var observing = WorkProgress.Observe(jobs.First().Events.Moved);
            var backbone = library.Backbone(shared.Backbone, shared.BackboneFingerprint);
            (_shared, _runner) = (shared, new JobRunner(backbone.Model, backbone.Tokenizer, backbone.Preprocessor,
                job => Draw(job, shared.DatasetFingerprint), methods, library.Images, Target));
            return _runner;
        }
        // An error fails the jobs or marks this silo as unfit for them, but never ends the worker.
        catch (Exception e)
        {
            foreach (var one in jobs) one.Events.Fail(Unfit(e));
            return null;
        }
    }

    private FewShotData Draw(JobDefinition job, string fingerprint)
    {
        try
        {
            return library.Dataset(job.Dataset, fingerprint).Load(job.Shots, job.Seed, job.Dataset.Template);
        }
        catch (InvalidInputException e)
        {
            throw Unfit(e);
        }
    }

    private FewShotData Target(EvaluationTarget target, string? template)
    {
        try
        {
            return library.Dataset(target.Dataset, target.Fingerprint).LoadTest(template);
        }
        catch (InvalidInputException e)
        {
            throw Unfit(e);
        }
    }

    /// <summary>
    /// Converts an input error to <see cref="UnfitSiloException"/>. The plan was made from valid files, so this silo lacks the files or has
    /// different files.
    /// </summary>
    private static Exception Unfit(Exception e) => e is InvalidInputException unfit ? new UnfitSiloException(unfit) : e;

    /// <summary>The properties that all jobs of one runner share.</summary>
    private sealed record Shared(string Backbone, string BackboneFingerprint, DatasetSource Dataset, string DatasetFingerprint)
    {
        internal static Shared Of(JobAssignment assignment) => new(
            assignment.Definition.Backbone, assignment.BackboneFingerprint, assignment.Definition.Dataset with { Template = null },
            assignment.DatasetFingerprint);
    }
}
