using System.Diagnostics;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
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

    /// <summary>Brings the parts together.</summary>
    /// <param name="backbone">A frozen CLIP; stays the caller's.</param>
    /// <param name="tokenizer">The tokenizer of that CLIP.</param>
    /// <param name="preprocessor">Makes images of the backbone's size.</param>
    /// <param name="load">Loads the draw of a job's data set, shots and seed; asked once for each. What it throws fails the job.</param>
    /// <param name="methods">The methods that jobs may name; null for those that come with AdaptCluster.</param>
    /// <exception cref="ArgumentException">The preprocessor makes images of another size, or the backbone is trainable.</exception>
    public JobRunner(IBackbone backbone, ITokenizer tokenizer, IImagePreprocessor preprocessor, Func<JobDefinition, FewShotData> load,
        MethodCatalog? methods = null)
    {
        if (preprocessor.Size != backbone.Shape.ImageSize)
        {
            throw new ArgumentException(
                $"Images of {preprocessor.Size} pixels for a model that takes {backbone.Shape.ImageSize}.", nameof(preprocessor));
        }
        if (backbone.IsTrainable) throw new ArgumentException("The backbone must be frozen: save it and load it.", nameof(backbone));
        (_backbone, _tokenizer, _draws) = (backbone, tokenizer, new Draws(backbone, tokenizer, preprocessor, load));
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
        foreach (var job in jobs.Where(job => job.Job.Train is null)) RunUntrained(job);
        var trunks = jobs.Where(job => job.Job.Train is not null)
            .GroupBy(job => Trunk.Of(job, options.ShareTrunks))
            .Select(trunk => trunk.OrderBy(job => job.Job.TTarget).ToArray());
        using var trainer = new TrainLoop(Math.Max(1, options.Lanes), options.StepBytes, Math.Max(1, options.UnreadLosses));
        trainer.Run(trunks, trunk => Start(trunk, options.PrepareAhead), Finish);
    }

    private void RunUntrained(JobRun run)
    {
        if (!run.Begin()) return;
        Complete([run], () =>
        {
            var started = Stopwatch.GetTimestamp();
            using var watched = LongWork.Watch(run.Events.Moved);
            var draw = _draws.Of(run.Job);
            using var method = Create(run.Job, draw);
            return Evaluate(method, draw, run.Events) with { Duration = Stopwatch.GetElapsedTime(started) };
        });
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

    private void Finish(Lane lane) => Complete(lane.Jobs, () =>
    {
        var started = Stopwatch.GetTimestamp();
        using var watched = LongWork.Watch(lane.Jobs[0].Events.Moved);
        var prompts = SafetensorsWriter.ToBytes(lane.Method.Weights());
        var result = Evaluate(lane.Method, _draws.Of(lane.Jobs[0].Job), lane.Jobs[0].Events) with { Prompts = prompts };
        return result with { Duration = lane.Worked + (Stopwatch.GetElapsedTime(started) / lane.Jobs.Count) };
    });

    /// <summary>The boundary of jobs that find their result together: whatever is wrong with them, the others go on.</summary>
    private static void Complete(IReadOnlyList<JobRun> jobs, Func<JobResult> evaluate)
    {
        JobResult result;
        try
        {
            using var scope = torch.NewDisposeScope();
            result = evaluate();
        }
        catch (OperationCanceledException) when (jobs[0].Events.Cancellation.IsCancellationRequested)
        {
            foreach (var job in jobs) job.Events.Return(null);
            return;
        }
        catch (Exception e)
        {
            foreach (var job in jobs) job.Events.Fail(e);
            return;
        }
        foreach (var job in jobs) job.Events.Complete(result);
    }

    private JobResult Evaluate(IMethod method, Draw draw, IJobEvents events) => new()
    {
        ValidationCorrect = Evaluator.CountCorrect(method, draw.Validation, _backbone.Shape.ImageTokens, events),
        ValidationTotal = draw.Validation.Count,
        TestCorrect = Evaluator.CountCorrect(method, draw.Test, _backbone.Shape.ImageTokens, events),
        TestTotal = draw.Test.Count,
        ImageContextTokens = method.ImageContextTokens,
        TextContextTokens = method.TextContextTokens,
        TrainableParameters = method.TrainableParameters,
        MultiplyAdds = method.MultiplyAdds,
        HookMultiplyAdds = method.HookMultiplyAdds,
        Duration = TimeSpan.Zero,
    };

    /// <inheritdoc/>
    public void Dispose() => _draws.Dispose();

    private IMethod Create(JobDefinition job, Draw draw)
    {
        var method = _methods.Find(job.Method);
        var iterations = method.IsTrained ? CheckedForTraining(job, draw.Train.Count).Train!.IterationsPerEpoch(draw.Train.Count) : 0;
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
