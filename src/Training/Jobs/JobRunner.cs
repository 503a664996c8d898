using System.Diagnostics;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Caching;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Libtorch;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Safetensors;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// The trainer's entry point. Runs jobs on few-shot splits of one data set. Jobs run on the caller's thread; runners on several threads can
/// share a frozen backbone. Dispose the runner after the last job.
/// </summary>
public sealed class JobRunner : IDisposable
{
    private readonly IBackbone _backbone;
    private readonly ITokenizer _tokenizer;
    private readonly FewShotSplits _splits;
    private readonly MethodCatalog _methods;
    private readonly ImageCache? _ownImages;

    /// <summary>Initializes a runner.</summary>
    /// <param name="backbone">The frozen backbone; the caller keeps ownership.</param>
    /// <param name="tokenizer">The backbone's tokenizer.</param>
    /// <param name="preprocessor">The preprocessor for images of the backbone's size.</param>
    /// <param name="load">A function that loads the few-shot split for a job's data set, shots and seed. The function is called once for
    /// each combination; an exception fails the job.</param>
    /// <param name="methods">The methods that jobs can use; null for the methods that come with AdaptCluster.</param>
    /// <param name="images">The cache of prepared images, which runners can share; the caller keeps ownership. Null to create a cache for
    /// this runner.</param>
    /// <param name="targets">A function that loads the test images of an evaluation target, with the given template; null if jobs have no
    /// targets. An exception fails the job.</param>
    /// <exception cref="ArgumentException">The preprocessor's image size differs from the backbone's, or the backbone is
    /// trainable.</exception>
    public JobRunner(IBackbone backbone, ITokenizer tokenizer, IImagePreprocessor preprocessor, Func<JobDefinition, FewShotData> load,
        MethodCatalog? methods = null, ImageCache? images = null, Func<EvaluationTarget, string?, FewShotData>? targets = null)
    {
        if (preprocessor.Size != backbone.Shape.ImageSize)
        {
            throw new ArgumentException(
                $"The preprocessor's image size is {preprocessor.Size}, but the backbone takes {backbone.Shape.ImageSize}.",
                nameof(preprocessor));
        }
        if (backbone.IsTrainable)
            throw new ArgumentException("The backbone must be frozen; save it and load it from its folder.", nameof(backbone));
        if (images is null) images = _ownImages = new ImageCache(new ImageCacheOptions());
        (_backbone, _tokenizer) = (backbone, tokenizer);
        _splits = new FewShotSplits(backbone, tokenizer, preprocessor, load, images, targets);
        _methods = methods ?? TrainingMethods.BuiltIn;
    }

    /// <summary>
    /// Trains a job, if its method trains, and evaluates it. The result depends only on the job, the data and the backbone, not on whether
    /// the job was resumed.
    /// </summary>
    /// <param name="job">The job, with all defaults filled in.</param>
    /// <param name="checkpoint">The checkpoint to resume from: an <see cref="EpochReport.Checkpoint"/> or
    /// <see cref="JobInterruptedException.Checkpoint"/> of the same job; null to start from the beginning.</param>
    /// <param name="onEpoch">A handler that is called after each epoch, on the caller's thread. An exception ends the run.</param>
    /// <param name="cancellation">Checked before each iteration and each evaluation batch.</param>
    /// <exception cref="InvalidInputException">The job cannot be run as specified; the message names the setting.</exception>
    /// <exception cref="DivergedException">The loss became NaN or infinite.</exception>
    /// <exception cref="CheckpointException">The checkpoint is damaged or belongs to another job.</exception>
    /// <exception cref="JobInterruptedException">The run was cancelled during training.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled before its first iteration or after its last.</exception>
    public JobResult Run(JobDefinition job, byte[]? checkpoint, Action<EpochReport> onEpoch, CancellationToken cancellation)
    {
        var events = new SingleJob(onEpoch, cancellation);
        Run([new JobRun(job, checkpoint, events)], new PackOptions());
        return events.Result;
    }

    /// <summary>
    /// Runs several jobs. Jobs that train share steps as lanes. Each job gets the same result as in a run of its own; on a CPU, bit for
    /// bit.
    /// </summary>
    /// <param name="jobs">The jobs. List longer jobs first to keep the lanes full.</param>
    /// <param name="options">The options that determine how much the jobs share.</param>
    public void Run(IReadOnlyList<JobRun> jobs, PackOptions options)
    {
        _splits.KeepOnly(jobs.Select(job => job.Job));
        if (_backbone.Device.type == DeviceType.CUDA)
            TensorFloat32.Allow(jobs.All(job => job.Job.Train?.Precision == Precision.Tf32));
        foreach (var together in jobs.Where(job => job.OnlyEvaluates).Chunk(Math.Max(1, options.Lanes))) RunUntrained(together);
        var trunks = jobs.Where(job => !job.OnlyEvaluates)
            .GroupBy(job => Trunk.Of(job, options.ShareTrunks))
            .Select(trunk => trunk.OrderBy(job => job.Job.TTarget).ToArray());
        using var trainer = new TrainLoop(
            Math.Max(1, options.Lanes), options.StepBytes, Math.Max(1, options.UnreadLosses), options.UpdateTogether);
        try
        {
            trainer.Run(trunks, trunk => Start(trunk, options.PrepareAhead), Finish);
        }
        finally
        {
            _splits.DropAhead();
        }
    }

    private void RunUntrained(JobRun[] jobs)
    {
        using var scope = torch.NewDisposeScope();
        var completions = new List<JobCompletion>();
        try
        {
            foreach (var job in jobs.Where(job => job.Begin()))
            {
                var started = Stopwatch.GetTimestamp();
                var completion = new JobCompletion([job]);
                completions.Add(completion);
                completion.Prepare(() =>
                {
                    using var observing = WorkProgress.Observe(job.Events.Moved);
                    var split = _splits.Of(job.Job);
                    return (Restored(job, split), split, job.Job.Train is null ? null : job.Trained?.Content);
                }, ownsMethod: true);
                completion.PrepareTargets(prompts => Targets(job, prompts));
                completion.Worked = Stopwatch.GetElapsedTime(started);
            }
            Evaluate(completions);
        }
        finally
        {
            foreach (var completion in completions) completion.Dispose();
        }
    }

    private Lane Start(JobRun[] trunk, bool ahead)
    {
        var leader = trunk[0];
        using var observing = WorkProgress.Observe(leader.Events.Moved);
        var split = _splits.Of(leader.Job);
        foreach (var images in (ImageBatches[])[split.Validation, split.Test]) images.Check(leader.Events);
        var method = (ITrainableMethod)Create(leader.Job, split);
        try
        {
            return new Lane(method, trunk, split.Train, ahead);
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
        var completions = new List<JobCompletion>();
        try
        {
            foreach (var lane in lanes)
            {
                var completion = new JobCompletion(lane.Jobs) { Worked = lane.Worked };
                completions.Add(completion);
                completion.Prepare(() => (lane.Method, _splits.Of(lane.Jobs[0].Job), SafetensorsWriter.ToBytes(lane.Method.Weights())),
                    ownsMethod: false);
                completion.PrepareTargets(prompts => Targets(lane.Jobs[0], prompts));
            }
            Evaluate(completions);
        }
        finally
        {
            foreach (var completion in completions) completion.Dispose();
        }
    }

    /// <summary>Evaluates jobs whose training ended together, in one pass over each split, and reports their results.</summary>
    private void Evaluate(List<JobCompletion> completions)
    {
        var started = Stopwatch.GetTimestamp();
        using (WorkProgress.Observe(() => completions[0].Jobs[0].Events.Moved()))
        {
            new Evaluator(_backbone.Shape.ImageTokens, _backbone.Device)
                .Run([.. completions.SelectMany(completion => completion.All)]);
        }
        var each = Stopwatch.GetElapsedTime(started) / Math.Max(1, completions.Sum(completion => completion.Jobs.Count));
        foreach (var completion in completions) completion.Report(each);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _splits.Dispose();
        _ownImages?.Dispose();
    }

    /// <summary>
    /// Creates a separate method for each of a job's targets, from the target's class names and the trained tensors. A trained method keeps
    /// the template that it was trained with, because its context replaces the words of that template and has the same number of tokens.
    /// </summary>
    private IEnumerable<(string Name, IMethod Method, FewShotSplit Split)> Targets(JobRun run, byte[]? prompts)
    {
        if (run.Job.Evaluate is not { } evaluate) yield break;
        using var observing = WorkProgress.Observe(run.Events.Moved);
        foreach (var target in evaluate.Targets)
        {
            var own = _splits.Of(run.Job);
            var split = _splits.Of(target, run.Job.Train is null ? target.Dataset.Template : own.Data.Template);
            var method = Create(run.Job, split, own.Train.Count);
            if (prompts is not null) TrainedTensors.Restore((ITrainableMethod)method, prompts, $"evaluation on '{target.Name}'");
            yield return (target.Name, method, split);
        }
    }

    /// <summary>Creates the method for a job that only evaluates, with the trained tensors, if any.</summary>
    private IMethod Restored(JobRun run, FewShotSplit split)
    {
        var method = Create(run.Job, split);
        if (run.Job.Train is null || run.Trained is not { Origin: var (sweep, job), Content: var content }) return method;
        try
        {
            TrainedTensors.Restore((ITrainableMethod)method, content, $"prompts of job {job} of {sweep} (use --no-cache to train again)");
            return method;
        }
        catch
        {
            method.Dispose();
            throw;
        }
    }

    private IMethod Create(JobDefinition job, FewShotSplit split) => Create(job, split, split.Train.Count);

    private IMethod Create(JobDefinition job, FewShotSplit split, int images)
    {
        var method = _methods.Find(job.Method);
        var iterations = method.IsTrained ? CheckedForTraining(job, images).Train!.IterationsPerEpoch(images) : 0;
        return TrainingMethods.Factory(method).Create(new MethodInputs(
            job, _backbone.In(job.Train?.Precision ?? Precision.Float32), _tokenizer, split.Data, split.Texts, iterations));
    }

    private static JobDefinition CheckedForTraining(JobDefinition job, int images)
    {
        var settings = job.Train
            ?? throw new InvalidInputException($"Method {job.Method} trains, but the job has no train settings; plan its spec again.");
        if (images == 0)
            throw new InvalidInputException($"Data set {job.Dataset.Name} has no training images; choose a data set that has some.");
        if (settings.BatchSize < 1) throw new InvalidInputException($"train.batchSize is {settings.BatchSize}; write at least 1.");
        if (settings.Epochs < 0) throw new InvalidInputException($"train.epochs is {settings.Epochs}; write at least 0.");
        if ((long)settings.Rounds * settings.Epochs * settings.IterationsPerEpoch(images) > int.MaxValue)
            throw new InvalidInputException(
                $"train.epochs is {settings.Epochs}, which results in more than {int.MaxValue} iterations; write fewer epochs.");
        return job;
    }
}
