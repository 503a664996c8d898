using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Methods.Adapt.Scorers;
using AdaptCluster.Training.Optimisation;
using AdaptCluster.Training.Safetensors;
using TorchSharp;

namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>
/// Adaptive prompt tuning: trains prompts in the keys and values of both towers, and removes the least salient prompt tokens during
/// training (ADAPT, Algorithm 1).
/// </summary>
internal sealed class AdaptMethod : ITrainableMethod, ILanesTogether
{
    /// <summary>
    /// The maximum context length per block and branch. It is far above any practical value, but low enough for the prompts of the largest
    /// tower to fit in one array. The spec's schema has the same limit.
    /// </summary>
    internal const int MaxContextLength = 256;

    private readonly IBackbone _model;
    private readonly PreparedTexts _texts;
    private readonly PromptBranch _image, _text;
    private readonly PromptPadding? _imagePadding, _textPadding;
    private readonly PruneSchedule _schedule;
    private readonly Saliency _saliency;
    private readonly Func<(torch.Tensor Image, torch.Tensor Text)>? _draw;

    /// <summary>Whether lanes always pass together, so that their last digits may differ from those of separate passes.</summary>
    private readonly bool _digitsMayDiffer;

    /// <summary>Initializes the method from the given prompts.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The class texts; the caller keeps ownership.</param>
    /// <param name="image">The prompts of the image branch; this object takes ownership.</param>
    /// <param name="text">The prompts of the text branch; this object takes ownership.</param>
    /// <param name="schedule">The schedule for removing tokens.</param>
    /// <param name="saliency">The settings for ranking tokens.</param>
    /// <param name="drawAgain">A function that draws the initial prompts of both branches, [depth, max context length, width] each, for a
    /// second round with the final masks; null if there is no second round.</param>
    internal AdaptMethod(
        IBackbone model, PreparedTexts texts, PromptBranch image, PromptBranch text, PruneSchedule schedule, Saliency saliency,
        Func<(torch.Tensor Image, torch.Tensor Text)>? drawAgain = null)
    {
        (_model, _texts, _image, _text, _schedule, _saliency) = (model, texts, image, text, schedule, saliency);
        (_imagePadding, _textPadding) = (PromptPadding.For(model), PromptPadding.For(model));
        _draw = drawAgain;
        _digitsMayDiffer = PassesTogether = model.Device.type == DeviceType.CUDA || model.PadsPrompts;
        Trained = [image.Rows, text.Rows];
    }

    public bool PassesTogether { get; set; }

    public IReadOnlyList<TrainedTensor> Trained { get; }

    public string? PassShape =>
        _digitsMayDiffer ? null : $"{string.Join(',', Counts(_image))}/{string.Join(',', Counts(_text))}";

    public object StepsWith => (_model, _texts);

    public int ImageContextTokens => _image.Mask.Count;

    public int TextContextTokens => _text.Mask.Count;

    public long TrainableParameters => Trained.Sum(t => t.Value.NumberOfElements);

    public long MultiplyAdds => _model.Cost.MultiplyAdds(Counts(_image), Counts(_text));

    public long HookMultiplyAdds => _model.Cost.HookMultiplyAdds(ImageContextTokens, TextContextTokens);

    private int Live => _image.Mask.Count + _text.Mask.Count;

    /// <summary>Creates the method from a job's settings.</summary>
    /// <param name="job">The job.</param>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The class texts; the caller keeps ownership.</param>
    /// <param name="iterationsPerEpoch">The number of iterations in one epoch.</param>
    /// <exception cref="InvalidInputException">A setting is missing or out of range.</exception>
    internal static AdaptMethod Create(JobDefinition job, IBackbone model, PreparedTexts texts, int iterationsPerEpoch)
    {
        var settings = job.Train!.Adapt;
        if (job.TTarget is not { } target)
            throw new InvalidInputException($"Method {job.Method}: tTarget is missing; write the number of context tokens to keep.");
        var scorer = KnownScorers.Find(job.Scorer, job.Method);
        Check(target, "tTarget", 0, int.MaxValue);
        Check(settings.MaxContextLength, "train.adapt.maxContextLength", 1, MaxContextLength);
        Check(settings.PromptDepth, "train.adapt.promptDepth", 1, int.MaxValue);
        Check(settings.PruneWarmupEpochs, "train.adapt.pruneWarmupEpochs", 0, int.MaxValue / iterationsPerEpoch);
        Check(settings.PrunePeriod, "train.adapt.prunePeriod", 1, int.MaxValue);
        Check(settings.PruneRate, "train.adapt.pruneRate", 1, int.MaxValue);
        torch.Tensor Draw(int branch, TowerShape tower) =>
            PromptBranch.Draw(branch, Math.Min(settings.PromptDepth, tower.Depth), settings, tower.Width, job.Seed, model.Device);
        (torch.Tensor Image, torch.Tensor Text) DrawBoth() => (Draw(0, model.Shape.Vision), Draw(1, model.Shape.Text));
        PromptBranch Start(string name, torch.Tensor prompts) =>
            PromptBranch.From(name, prompts, new ContextMask((int)prompts.shape[0], settings.MaxContextLength));
        using var scope = torch.NewDisposeScope();
        var (image, text) = DrawBoth();
        var schedule = new PruneSchedule(
            settings.PruneWarmupEpochs * iterationsPerEpoch, settings.PrunePeriod, settings.PruneRate, target,
            job.Train.Epochs * iterationsPerEpoch);
        return new AdaptMethod(
            model, texts, Start("image", image), Start("text", text), schedule,
            new Saliency(scorer, settings.ScoreReduction, job.Seed), settings.Retrain ? DrawBoth : null);
    }

    public int Rounds => _draw is null ? 1 : 2;

    public void BeginRound()
    {
        using var scope = torch.NewDisposeScope();
        var (image, text) = _draw!();
        _image.Restart(image);
        _text.Restart(text);
    }

    public IReadOnlyList<StepOutput> Forward(IReadOnlyList<LaneBatch> lanes)
    {
        if (!PassesTogether && lanes.Count > 1) return [.. lanes.SelectMany(lane => lane.Method.Forward([lane]))];
        var methods = lanes.Select(lane => (AdaptMethod)lane.Method).ToArray();
        var embedded = lanes.Count == 1 ? lanes[0].Embedded : torch.cat([.. lanes.Select(lane => lane.Embedded)], 0);
        var images = _model.EncodeEmbeddedImages(embedded,
            new TowerPrompts([.. methods.Select(method => method._image.ByBlock())], _imagePadding));
        var texts = _model.EncodeTexts(_texts, new TowerPrompts([.. methods.Select(method => method._text.ByBlock())], _textPadding));
        if (lanes.Count > 1 && _digitsMayDiffer)
        {
            torch.Tensor Each(torch.Tensor features) => features.view(lanes.Count, -1, features.shape[1]);
            return StepOutput.OfCrossEntropies(_model.Logits(Each(images), Each(texts)), lanes.Select(lane => lane.Labels));
        }
        return [.. lanes.Zip(images.chunk(lanes.Count, 0), texts.chunk(lanes.Count, 0))
            .Select(one => StepOutput.OfCrossEntropy(_model.Logits(one.Second, one.Third), one.First.Labels))];
    }

    public long StepBytes(int images) =>
        _model.Cost.ImageStepBytes(images, Counts(_image)) + _model.Cost.TextStepBytes(_texts.Sequences, Counts(_text));

    public void BeforeUpdate(int iteration)
    {
        switch (_saliency.Scorer)
        {
            case AccumulatedScorer scorer when _schedule.Scores(iteration, Live):
                _image.AddScores(scorer, _saliency);
                _text.AddScores(scorer, _saliency);
                break;
            case StepScorer scorer when _schedule.Removals(iteration, Live) > 0:
                var scores = scorer.At(_saliency.Seed, iteration, Live);
                _image.TakeScores(scores[.._image.Mask.Count]);
                _text.TakeScores(scores[_image.Mask.Count..]);
                break;
        }
    }

    public bool Parts(JobDefinition job, int iteration) =>
        (_schedule with { Target = job.TTarget!.Value }).Removals(iteration, Live) != _schedule.Removals(iteration, Live);

    public ITrainableMethod Fork(JobDefinition job) => new AdaptMethod(
        _model, _texts, _image.Copy(), _text.Copy(), _schedule with { Target = job.TTarget!.Value }, _saliency, _draw);

    public PruneStep? AfterUpdate(int iteration)
    {
        var count = _schedule.Removals(iteration, Live);
        if (count == 0) return null;
        float[] scores;
        using (torch.NewDisposeScope()) scores = torch.cat([_image.Scores, _text.Scores], 0).cpu().data<float>().ToArray();
        var (image, text) = Pruner.Lowest(scores[.._image.Mask.Count], scores[_image.Mask.Count..], count);
        _image.Remove(image);
        _text.Remove(text);
        return new PruneStep { Iteration = iteration, ImageMask = _image.Mask.ToBytes(), TextMask = _text.Mask.ToBytes() };
    }

    public IClassifier Freeze()
    {
        using var scope = torch.NewDisposeScope();
        return new PromptedClassifier(_model, _model.EncodeTexts(_texts, _text.ByBlock()), _image.ByBlock());
    }

    public Dictionary<string, torch.Tensor> Weights()
    {
        var tensors = new Dictionary<string, torch.Tensor>(StringComparer.Ordinal);
        _image.AddWeights(tensors);
        _text.AddWeights(tensors);
        return tensors;
    }

    public Dictionary<string, torch.Tensor> State()
    {
        var tensors = new Dictionary<string, torch.Tensor>(StringComparer.Ordinal);
        _image.AddState(tensors);
        _text.AddState(tensors);
        return tensors;
    }

    public void Restore(SafetensorsFile file)
    {
        _image.Restore(file);
        _text.Restore(file);
    }

    public void Dispose()
    {
        _image.Dispose();
        _text.Dispose();
        _imagePadding?.Dispose();
        _textPadding?.Dispose();
    }

    private static int[] Counts(PromptBranch branch) => Array.ConvertAll(branch.Mask.CountByDepth(), n => (int)n);

    private static void Check(int value, string name, int low, int high)
    {
        if (value < low || value > high)
            throw new InvalidInputException($"{name} is {value}; write a whole number from {low} to {high}.");
    }
}
