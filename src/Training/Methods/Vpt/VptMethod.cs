using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods.Vpt;

/// <summary>
/// VPT-deep: trains new tokens in each block of the image tower. The tokens follow the patches and, like patches, have queries, keys and
/// values (Jia et al., ECCV 2022; trainers/vpt.py of muzairkhattak/multimodal-prompt-learning). The text tower is unchanged, so its
/// features are computed once.
/// </summary>
internal sealed class VptMethod : FusedMethod
{
    private const string Prompts = "prompts";

    private readonly torch.Tensor _texts;

    /// <summary>Initializes the method from initial values.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The class texts; the caller keeps ownership.</param>
    /// <param name="prompts">The prompts, [depth, tokens, image width]; this object takes ownership.</param>
    internal VptMethod(IBackbone model, PreparedTexts texts, torch.Tensor prompts)
        : base(model, new NamedTensors([KeyValuePair.Create(Prompts, prompts)]))
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        _texts = model.EncodeTexts(texts).DetachFromDisposeScope();
    }

    public override int ImageContextTokens => (int)(Tensors[Prompts].shape[0] * Tensors[Prompts].shape[1]);

    public override long MultiplyAdds => Model.Cost.OfImage([], Tokens) + Model.Cost.OfText([]);

    public override long HookMultiplyAdds => Model.Cost.HookImage(0, Tokens) + Model.Cost.HookText(0);

    protected override object Structure => (Tensors[Prompts].shape[0], Tokens);

    private int Tokens => (int)Tensors[Prompts].shape[1];

    /// <summary>Creates the method from a job's settings.</summary>
    /// <exception cref="InvalidInputException">A setting is out of range.</exception>
    internal static VptMethod Create(MethodInputs inputs)
    {
        var (tower, settings) = (inputs.Model.Shape.Vision, MethodSettings.Of<VptSettings>(inputs.Train));
        MethodInputs.Check(settings.Tokens, "train.vpt.tokens", 1, 256);
        MethodInputs.Check(settings.PromptDepth, "train.vpt.promptDepth", 1, int.MaxValue);
        using var scope = torch.NewDisposeScope();
        var depth = Math.Min(settings.PromptDepth, tower.Depth);
        return new VptMethod(inputs.Model, inputs.Texts,
            inputs.Initial.Normal(0, settings.InitialStandardDeviation, depth, settings.Tokens, tower.Width));
    }

    public override long StepBytes(int images) => Model.Cost.ImageStepBytes(images, []);

    public override IClassifier Freeze()
    {
        using var scope = torch.NewDisposeScope();
        var (texts, prompts) = (_texts.clone(), Tensors[Prompts].detach().clone());
        var tokens = prompts.unsqueeze(1).unbind(0);
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
        var methods = MethodsOf<VptMethod>(lanes);
        var prompts = torch.stack(methods.Select(method => method.Tensors[Prompts]), 1).unbind(0);
        var features = ImageTokens.Encode(Model, Joined(images), prompts).chunk(lanes.Count, 0);
        return Each(lanes, i => StepOutput.OfCrossEntropy(Model.Logits(features[i], methods[i]._texts), lanes[i].Labels));
    }
}
