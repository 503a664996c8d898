using System.Diagnostics;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Kept;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Libtorch;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Safetensors;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// Runs jobs on few-shot draws of one data set: the entry to the trainer. It runs on the caller's thread; runners on several
/// threads may share a frozen backbone. Dispose it after the last job.
/// </summary>
public sealed class JobRunner : IDisposable
{
    private readonly IBackbone _backbone;
    private readonly ITokenizer _tokenizer;
    private readonly Draws _draws;
    private readonly MethodCatalog _methods;
    private readonly KeptImages? _ownImages;

    /// <summary>Brings the parts together.</summary>
    /// <param name="backbone">A frozen CLIP; stays the caller's.</param>
    /// <param name="tokenizer">The tokenizer of that CLIP.</param>
    /// <param name="preprocessor">Makes images of the backbone's size.</param>
    /// <param name="load">Loads the draw of a job's data set, shots and seed; asked once for each. What it throws fails the job.</param>
    /// <param name="methods">The methods that jobs may name; null for those that come with AdaptCluster.</param>
    /// <param name="images">Where prepared images are kept, which runners may share; stays the caller's. Null for some of its own.</param>
    /// <param name="targets">Loads the test images of an evaluation's target with a template; null where jobs have no targets. What it
    /// throws fails the job.</param>
    /// <exception cref="ArgumentException">The preprocessor makes images of another size, or the backbone is trainable.</exception>
    public JobRunner(IBackbone backbone, ITokenizer tokenizer, IImagePreprocessor preprocessor, Func<JobDefinition, FewShotData> load,
        MethodCatalog? methods = null, KeptImages? images = null, Func<EvaluationTarget, string?, FewShotData>? targets = null)
    {
        if (preprocessor.Size != backbone.Shape.ImageSize)
        {
            throw new ArgumentException(
                $"Images of {preprocessor.Size} pixels for a model that takes {backbone.Shape.ImageSize}.", nameof(preprocessor));
        }
        if (backbone.IsTrainable) throw new ArgumentException("The backbone must be frozen: save it and load it.", nameof(backbone));
        if (images is null) images = _ownImages = new KeptImages(new KeptImagesOptions());
        (_backbone, _tokenizer, _draws) = (backbone, tokenizer, new Draws(backbone, tokenizer, preprocessor, load, images, targets));
        _methods = methods ?? TrainingMethods.BuiltIn;
    }

    /// <summary>
    /// Trains, if the method trains, and evaluates. The result depends on the job, the data and the backbone alone, whether it was resumed
    /// or not.
    /// </summary>
    /// <param name="job">The job, every default written out.</param>
    /// <param name="checkpoint">An <see cref="EpochReport.Checkpoint"/> or <see cref="JobInterruptedException.Checkpoint"/> of the same job
    /// to go on from; null to start.</param>
    /// <param name="onEpoch">Hears of each epoch, on this thread. What it throws ends the run.</param>
    /// <param name="cancellation">Looked at before each iteration and each batch of the evaluation.</param>
    /// <exception cref="InvalidInputException">The job cannot be run as it is; the message says which setting.</exception>
    /// <exception cref="DivergedException">The loss became NaN or infinite.</exception>
    /// <exception cref="CheckpointException">The checkpoint is damaged or another job's.</exception>
    /// <exception cref="JobInterruptedException">The run was cancelled while it trained.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled before its first iteration or after its last.</exception>
    public JobResult Run(JobDefinition job, byte[]? checkpoint, Action<EpochReport> onEpoch, CancellationToken cancellation)
    {
        var events = new SingleJob(onEpoch, cancellation);
        Run([new JobRun(job, checkpoint, events)], new PackOptions());
        return events.Result;
    }

    /// <summary>
    /// Runs several jobs, those that train in lanes of one step. Each finds the result that it would find by itself, bit for bit on a CPU.
    /// </summary>
    /// <param name="jobs">The jobs; longer ones first keep the lanes full.</param>
    /// <param name="options">How much they share.</param>
    public void Run(IReadOnlyList<JobRun> jobs, PackOptions options)
    {
        _draws.KeepOnly(jobs.Select(job => job.Job));
        if (_backbone.Device.type == DeviceType.CUDA)
            TensorFloat32.Allow(jobs.All(job => job.Job.Train?.Precision == Precision.Tf32));
        foreach (var together in jobs.Where(job => job.Job.Train is null).Chunk(Math.Max(1, options.Lanes))) RunUntrained(together);
        var trunks = jobs.Where(job => job.Job.Train is not null)
            .GroupBy(job => Trunk.Of(job, options.ShareTrunks))
            .Select(trunk => trunk.OrderBy(job => job.Job.TTarget).ToArray());
        using var trainer = new TrainLoop(Math.Max(1, options.Lanes), options.StepBytes, Math.Max(1, options.UnreadLosses));
        try
        {
            trainer.Run(trunks, trunk => Start(trunk, options.PrepareAhead), Finish);
        }
        finally
        {
            _draws.DropAhead();
        }
    }

    private void RunUntrained(JobRun[] jobs)
    {
        using var scope = torch.NewDisposeScope();
        var endings = new List<Ending>();
        try
        {
            foreach (var job in jobs.Where(job => job.Begin()))
            {
                var started = Stopwatch.GetTimestamp();
                var ending = new Ending([job]);
                endings.Add(ending);
                ending.Prepare(() =>
                {
                    using var watched = LongWork.Watch(job.Events.Moved);
                    var draw = _draws.Of(job.Job);
                    return (Create(job.Job, draw), draw, null);
                }, ownsMethod: true);
                ending.PrepareTargets(prompts => Targets(job, prompts));
                ending.Worked = Stopwatch.GetElapsedTime(started);
            }
            Evaluate(endings);
        }
        finally
        {
            foreach (var ending in endings) ending.Dispose();
        }
    }

    private Lane Start(JobRun[] trunk, bool ahead)
    {
        var leader = trunk[0];
        using var watched = LongWork.Watch(leader.Events.Moved);
        var draw = _draws.Of(leader.Job);
        foreach (var images in (ImageBatches[])[draw.Validation, draw.Test]) images.Check(leader.Events);
        var method = (ITrainableMethod)Create(leader.Job, draw);
        try
        {
            return new Lane(method, trunk, draw.Train, ahead);
        }
        catch
        {
            method.Dispose();
            throw;
        }
    }

    private void Finish(IReadOnlyList<Lane> lanes)
    {
        using var scope = torch.NewDisposeScope();
        var endings = new List<Ending>();
        try
        {
            foreach (var lane in lanes)
            {
                var ending = new Ending(lane.Jobs) { Worked = lane.Worked };
                endings.Add(ending);
                ending.Prepare(() => (lane.Method, _draws.Of(lane.Jobs[0].Job), SafetensorsWriter.ToBytes(lane.Method.Weights())),
                    ownsMethod: false);
                ending.PrepareTargets(prompts => Targets(lane.Jobs[0], prompts));
            }
            Evaluate(endings);
        }
        finally
        {
            foreach (var ending in endings) ending.Dispose();
        }
    }

    /// <summary>Evaluates what ended together, in one pass over each split, and says what was found.</summary>
    private void Evaluate(List<Ending> endings)
    {
        var started = Stopwatch.GetTimestamp();
        using (LongWork.Watch(() => endings[0].Jobs[0].Events.Moved()))
        {
            new Evaluator(_backbone.Shape.ImageTokens, _backbone.Device)
                .Run([.. endings.SelectMany(ending => ending.All)]);
        }
        var each = Stopwatch.GetElapsedTime(started) / Math.Max(1, endings.Sum(ending => ending.Jobs.Count));
        foreach (var ending in endings) ending.Tell(each);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _draws.Dispose();
        _ownImages?.Dispose();
    }

    /// <summary>
    /// For each target of a job a method of its own, made from the target's names, with what was trained. A trained method keeps the text
    /// that it was trained with, in which its context stands for the template's words.
    /// </summary>
    private IEnumerable<(string Name, IMethod Method, Draw Draw)> Targets(JobRun run, byte[]? prompts)
    {
        if (run.Job.Evaluate is not { } evaluate) yield break;
        using var watched = LongWork.Watch(run.Events.Moved);
        foreach (var target in evaluate.Targets)
        {
            var own = _draws.Of(run.Job);
            var draw = _draws.Of(target, target.Dataset.Template ?? (run.Job.Train is null ? null : own.Data.Template));
            var method = Create(run.Job, draw, own.Train.Count);
            if (prompts is not null) TrainedTensors.Restore((ITrainableMethod)method, prompts, $"evaluation on '{target.Name}'");
            yield return (target.Name, method, draw);
        }
    }

    private IMethod Create(JobDefinition job, Draw draw) => Create(job, draw, draw.Train.Count);

    private IMethod Create(JobDefinition job, Draw draw, int images)
    {
        var method = _methods.Find(job.Method);
        var iterations = method.IsTrained ? CheckedForTraining(job, images).Train!.IterationsPerEpoch(images) : 0;
        return TrainingMethods.Factory(method).Create(new MethodInputs(
            job, _backbone.In(job.Train?.Precision ?? Precision.Float32), _tokenizer, draw.Data, draw.Texts, iterations));
    }

    private static JobDefinition CheckedForTraining(JobDefinition job, int images)
    {
        var settings = job.Train ?? throw new InvalidInputException($"Method {job.Method} trains, but the job has no train settings.");
        if (images == 0) throw new InvalidInputException($"Data set {job.Dataset.Name} has no training images.");
        if (settings.BatchSize < 1) throw new InvalidInputException($"train.batchSize is {settings.BatchSize}; at least 1 expected.");
        if (settings.Epochs < 0) throw new InvalidInputException($"train.epochs is {settings.Epochs}; at least 0 expected.");
        if ((long)settings.Rounds * settings.Epochs * settings.IterationsPerEpoch(images) > int.MaxValue)
            throw new InvalidInputException($"train.epochs is {settings.Epochs}: that makes more than {int.MaxValue} iterations.");
        return job;
    }
}
