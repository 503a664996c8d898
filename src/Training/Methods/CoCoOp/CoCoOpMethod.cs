using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Methods.CoOp;
using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Methods.CoCoOp;

/// <summary>
/// CoCoOp: a two-layer network maps each image's features to a vector that is added to every context token, so each image has separate
/// texts (Zhou et al., CVPR 2022, equation 4; trainers/cocoop.py of KaiyangZhou/CoOp). The context is initialized from the template's
/// words.
/// </summary>
internal sealed class CoCoOpMethod : FusedMethod
{
    // The maximum number of (image, class) rows in one pass through the text tower during evaluation, which limits the memory.
    private const int MaxRows = 16384;

    private const string Context = "ctx", Weight1 = "meta_net.linear1.weight", Bias1 = "meta_net.linear1.bias";
    private const string Weight2 = "meta_net.linear2.weight", Bias2 = "meta_net.linear2.bias";

    private readonly ContextTexts _texts;

    /// <summary>Initializes the method from initial values.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The token ids of each class text: start, one placeholder per context token, the name and the remaining
    /// tokens.</param>
    /// <param name="tensors">The trained tensors; this object takes ownership.</param>
    internal CoCoOpMethod(IBackbone model, IReadOnlyList<int[]> texts, NamedTensors tensors)
        : base(model, tensors) => _texts = new ContextTexts(model, texts, first: 1, (int)tensors[Context].shape[0]);

    public override int TextContextTokens => _texts.Length;

    public override long MultiplyAdds => base.MultiplyAdds + Tensors[Weight1].NumberOfElements + Tensors[Weight2].NumberOfElements;

    public override long HookMultiplyAdds => base.HookMultiplyAdds + Tensors[Weight1].NumberOfElements + Tensors[Weight2].NumberOfElements;

    protected override object Structure => _texts.Layout;

    /// <summary>Creates the method from a job's settings.</summary>
    /// <exception cref="InvalidInputException">A setting is out of range, the template begins with the class name, or a text is longer than
    /// the backbone's context.</exception>
    internal static CoCoOpMethod Create(MethodInputs inputs)
    {
        var (config, settings) = (inputs.Model.Shape, MethodSettings.Of<CoCoOpSettings>(inputs.Train));
        MethodInputs.Check(settings.HiddenReduction, "train.cocoop.hiddenReduction", 1, config.EmbeddingSize);
        using var scope = torch.NewDisposeScope();
        var words = inputs.Words();
        var hidden = config.EmbeddingSize / settings.HiddenReduction;
        var (weight1, bias1) = inputs.Initial.Linear(0, hidden, config.EmbeddingSize);
        var (weight2, bias2) = inputs.Initial.Linear(1, config.Text.Width, hidden);
        return new CoCoOpMethod(inputs.Model, words.With(words.Before), new NamedTensors(new Dictionary<string, torch.Tensor>
        {
            [Context] = ContextStart.FromTemplate(inputs.Model, words),
            [Weight1] = weight1,
            [Bias1] = bias1,
            [Weight2] = weight2,
            [Bias2] = bias2,
        }));
    }

    public override long StepBytes(int images) => _texts.StepBytes(images);

    public override IClassifier Freeze()
    {
        var chunk = Math.Max(1, MaxRows / _texts.Count);
        return new FrozenClassifier(embedded =>
            torch.cat([.. embedded.split(chunk, 0).Select(Evaluate)], 0));
    }

    public override void Dispose()
    {
        base.Dispose();
        _texts.Dispose();
    }

    protected override IReadOnlyList<torch.Tensor> Images(IReadOnlyList<LaneBatch> lanes) => FrozenFeatures(lanes);

    protected override IReadOnlyList<StepOutput> ForwardTogether(IReadOnlyList<LaneBatch> lanes, IReadOnlyList<torch.Tensor> images)
    {
        var methods = MethodsOf<CoCoOpMethod>(lanes);
        var units = images.Select(features => normalize(features, dim: -1)).ToArray();
        var contexts = methods.Zip(units, (method, unit) => method.Contexts(unit));
        var texts = _texts.Encode(torch.cat([.. contexts], 0)).chunk(lanes.Count, 0);
        return Each(lanes, i => StepOutput.OfCrossEntropy(Logits(units[i], texts[i]), lanes[i].Labels));
    }

    private torch.Tensor Evaluate(torch.Tensor embedded)
    {
        using var scope = torch.NewDisposeScope();
        var unit = normalize(Model.EncodeEmbeddedImages(embedded), dim: -1);
        return Logits(unit, _texts.Encode(Contexts(unit))).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the context for each image.</summary>
    /// <param name="unit">The image features, normalised to length 1, [B, embedding size].</param>
    /// <returns>The contexts, [B, length, text width].</returns>
    private torch.Tensor Contexts(torch.Tensor unit)
    {
        var hidden = relu(linear(unit, Tensors[Weight1], Tensors[Bias1]));
        var shift = linear(hidden, Tensors[Weight2], Tensors[Bias2]);
        return Tensors[Context].unsqueeze(0).Plus(shift.unsqueeze(1));
    }

    /// <summary>Computes the logits for images that have separate texts.</summary>
    /// <param name="unit">The image features, normalised to length 1, [B, embedding size].</param>
    /// <param name="texts">The text features for each image, [B, classes, embedding size], not normalised.</param>
    /// <returns>The logits, [B, classes].</returns>
    private torch.Tensor Logits(torch.Tensor unit, torch.Tensor texts) =>
        Model.Scale * normalize(texts, dim: -1).matmul(unit.unsqueeze(2)).squeeze(2);
}
