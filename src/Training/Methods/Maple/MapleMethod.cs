using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Backbones;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Methods.Maple;

/// <summary>
/// MaPLe: trains tokens in the first blocks of the text tower. For each of these blocks, a linear layer projects the tokens to tokens of
/// the image tower (Khattak et al., CVPR 2023, section 3.2; trainers/maple.py of muzairkhattak/multimodal-prompt-learning). In both towers,
/// the tokens are part of the sequence. Each of the first blocks gets new tokens, and later blocks process the tokens that they receive.
/// </summary>
internal sealed class MapleMethod : FusedMethod
{
    private const string Context = "ctx", Projection = "proj";

    private readonly ContextTexts _texts;
    private readonly int _depth;

    /// <summary>Initializes the method from initial values.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The token ids of each class text. The context replaces the tokens after the start token.</param>
    /// <param name="tensors">The trained tensors, with the names used in the public code: "ctx" [tokens, text width], "proj.weight" [image
    /// width, text width], "proj.bias", and for each deeper block j, counted from 0, "compound_prompts_text.j" and
    /// "compound_prompt_projections.j"; this object takes ownership.</param>
    internal MapleMethod(IBackbone model, IReadOnlyList<int[]> texts, NamedTensors tensors)
        : base(model, tensors)
    {
        _texts = new ContextTexts(model, texts, first: 1, (int)tensors[Context].shape[0]);
        // Three tensors for each block: tokens, weight and bias.
        _depth = tensors.All.Count / 3;
    }

    public override int ImageContextTokens => _depth * _texts.Length;

    public override int TextContextTokens => _depth * _texts.Length;

    public override long MultiplyAdds =>
        Model.Cost.OfImage([], _texts.Length) + Model.Cost.OfText([]) + Projections;

    public override long HookMultiplyAdds =>
        Model.Cost.HookImage(0, _texts.Length) + Model.Cost.HookText(0) + Projections;

    protected override object Structure => (_texts.Layout, _depth);

    private long Projections => (long)_depth * _texts.Length * Model.Shape.Text.Width * Model.Shape.Vision.Width;

    /// <summary>Creates the method from a job's settings.</summary>
    /// <exception cref="InvalidInputException">A setting is out of range, the template has too few words before the class name, or a text
    /// is longer than the backbone's context.</exception>
    internal static MapleMethod Create(MethodInputs inputs)
    {
        var (config, settings) = (inputs.Model.Shape, MethodSettings.Of<MapleSettings>(inputs.Train));
        MethodInputs.Check(settings.ContextLength, "train.maple.contextLength", 1, 256);
        MethodInputs.Check(settings.PromptDepth, "train.maple.promptDepth", 1, int.MaxValue);
        using var scope = torch.NewDisposeScope();
        var words = inputs.Words();
        if (words.Before.Length < settings.ContextLength)
        {
            throw new InvalidInputException(
                $"train.maple.contextLength is {settings.ContextLength}, but the template '{words.Template}' has only "
                + $"{words.Before.Length} tokens before the class name to initialise the context from; write a smaller "
                + "contextLength or a longer template.");
        }
        var tensors = new Dictionary<string, torch.Tensor>
        {
            [Context] = ContextTexts.Embed(inputs.Model, words.Before[..settings.ContextLength]),
        };
        void Draw(string name, int stream) =>
            (tensors[name + ".weight"], tensors[name + ".bias"]) = inputs.Initial.Linear(stream, config.Vision.Width, config.Text.Width);
        Draw(Projection, 0);
        var depth = Math.Min(settings.PromptDepth, Math.Min(config.Vision.Depth, config.Text.Depth));
        for (var j = 0; j < depth - 1; j++)
        {
            tensors[Deeper(j)] = inputs.Initial.Normal(1 + j, settings.InitialStandardDeviation, settings.ContextLength, config.Text.Width);
            Draw(DeeperProjection(j), settings.CloneProjections ? 1 : 1 + j);
        }
        var texts = words.With(settings.KeepOtherWords ? words.Before : words.Before[..settings.ContextLength]);
        return new MapleMethod(inputs.Model, texts, new NamedTensors(tensors));
    }

    public override long StepBytes(int images) => Model.Cost.ImageStepBytes(images, []) + _texts.StepBytes(1);

    public override IClassifier Freeze()
    {
        using var scope = torch.NewDisposeScope();
        var (texts, tokens) = (EncodeTexts([this])[0], MakeImageTokens([this]));
        return new FrozenClassifier(embedded => Model.Logits(ImageTokens.Encode(Model, embedded, tokens), texts), [texts, .. tokens])
        {
            Fixed = new(texts) { ImageTokens = tokens },
        };
    }

    public override void Dispose()
    {
        base.Dispose();
        _texts.Dispose();
    }

    protected override IReadOnlyList<StepOutput> ForwardTogether(IReadOnlyList<LaneBatch> lanes, IReadOnlyList<torch.Tensor> images)
    {
        var methods = MethodsOf<MapleMethod>(lanes);
        var features = ImageTokens.Encode(Model, Joined(images), MakeImageTokens(methods)).chunk(lanes.Count, 0);
        var texts = EncodeTexts(methods);
        return Each(lanes, i => StepOutput.OfCrossEntropy(Model.Logits(features[i], texts[i]), lanes[i].Labels));
    }

    private static string Deeper(int j) => "compound_prompts_text." + j.ToString(CultureInfo.InvariantCulture);

    private static string DeeperProjection(int j) => "compound_prompt_projections." + j.ToString(CultureInfo.InvariantCulture);

    /// <returns>The text features of each lane, [classes, embedding size] each.</returns>
    private torch.Tensor[] EncodeTexts(IReadOnlyList<MapleMethod> lanes)
    {
        torch.Tensor Stacked(string name) => torch.stack(lanes.Select(lane => lane.Tensors[name]));
        return _texts.Encode(Stacked(Context), [.. Enumerable.Range(0, _depth - 1).Select(j => Stacked(Deeper(j)))]).unbind(0);
    }

    /// <returns>The image tokens for each block, [lanes, tokens, image width] each.</returns>
    private torch.Tensor[] MakeImageTokens(IReadOnlyList<MapleMethod> lanes)
    {
        torch.Tensor Projected(string projection, string tokens) => torch.stack(lanes.Select(lane =>
            linear(lane.Tensors[tokens], lane.Tensors[projection + ".weight"], lane.Tensors[projection + ".bias"])));
        return
        [
            Projected(Projection, Context),
            .. Enumerable.Range(0, _depth - 1).Select(j => Projected(DeeperProjection(j), Deeper(j))),
        ];
    }
}
