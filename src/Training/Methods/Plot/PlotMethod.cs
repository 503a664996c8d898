using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data.CoOp;
using AdaptCluster.Training.Methods.CoOp;
using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Methods.Plot;

/// <summary>
/// PLOT: trains several contexts, each shared by all classes. The score of an image for a class is the sum of the cosines between the
/// image's patches and the class's text features, weighted by an optimal transport plan (Chen et al., ICLR 2023, section 3.3;
/// trainers/plot.py of CHENGY12/PLOT). The public code supports only ResNets, whose attention pool outputs the patch features. Here, the
/// outputs of a transformer's last block are projected in the same way as the class token.
/// </summary>
internal sealed class PlotMethod : FusedMethod
{
    private const string Contexts = "ctx";

    private readonly ContextTexts _texts;
    private readonly Sinkhorn _sinkhorn;
    private readonly bool _addPooled;

    /// <summary>Initializes the method from initial values.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The token ids of each class text: start, one placeholder per context token, the name and the remaining
    /// tokens.</param>
    /// <param name="contexts">The contexts, [prompts, length, text width]; this object takes ownership.</param>
    /// <param name="sinkhorn">The algorithm that computes the transport plan.</param>
    /// <param name="addPooled">Whether to add the logits of the pooled features.</param>
    internal PlotMethod(IBackbone model, IReadOnlyList<int[]> texts, torch.Tensor contexts, Sinkhorn sinkhorn, bool addPooled)
        : base(model, new NamedTensors([KeyValuePair.Create(Contexts, contexts)]))
    {
        _texts = new ContextTexts(model, texts, first: 1, (int)contexts.shape[1]);
        (_sinkhorn, _addPooled) = (sinkhorn, addPooled);
    }

    public override int TextContextTokens => (int)Tensors[Contexts].shape[0] * _texts.Length;

    public override long MultiplyAdds =>
        Model.Cost.OfImage([]) + Patches + (Tensors[Contexts].shape[0] * Model.Cost.OfText([]));

    public override long HookMultiplyAdds =>
        Model.Cost.HookImage(0, 0) + (Tensors[Contexts].shape[0] * Model.Cost.HookText(0));

    protected override object Structure => (_texts.Layout, Tensors[Contexts].shape[0], _sinkhorn);

    /// <summary>The number of MACs for projecting the patches and computing their cosines with each prompt of one class.</summary>
    private long Patches => Model.Shape.Patches * Model.Shape.EmbeddingSize * (Model.Shape.Vision.Width + Tensors[Contexts].shape[0]);

    /// <summary>Creates the method from a job's settings.</summary>
    /// <exception cref="InvalidInputException">A setting is out of range, or a text is longer than the backbone's context.</exception>
    internal static PlotMethod Create(MethodInputs inputs)
    {
        var settings = MethodSettings.Of<PlotSettings>(inputs.Train);
        MethodInputs.Check(settings.Prompts, "train.plot.prompts", 1, 64);
        MethodInputs.Check(settings.ContextLength, "train.plot.contextLength", 1, ContextStart.MaxLength);
        MethodInputs.Check(settings.Regularisation, "train.plot.regularisation", 1e-3, 1e3);
        MethodInputs.Check(settings.MaxIterations, "train.plot.maxIterations", 1, 100_000);
        using var scope = torch.NewDisposeScope();
        var contexts = inputs.Initial.Normal(0, settings.InitialStandardDeviation, settings.Prompts, settings.ContextLength,
            inputs.Model.Shape.Text.Width);
        var addPooled = settings.AddPooled ?? CoOpFormat.NameOf(inputs.Job.Dataset) is "imagenet";
        var sinkhorn = new Sinkhorn(settings.Regularisation, settings.Threshold, settings.MaxIterations);
        return new PlotMethod(inputs.Model, inputs.Words().WithPlaces(settings.ContextLength), contexts, sinkhorn, addPooled);
    }

    public override long StepBytes(int images) => _texts.StepBytes((int)Tensors[Contexts].shape[0]) + TransportBytes(images);

    /// <summary>
    /// Estimates the memory that the transport needs, in bytes. The cosines and the plan are kept for the backward pass; Sinkhorn's
    /// algorithm and the loss temporarily need about five more tensors of the same size.
    /// </summary>
    private long TransportBytes(int images) =>
        7L * sizeof(float) * images * _texts.Count * Model.Shape.Patches * Tensors[Contexts].shape[0];

    public override IClassifier Freeze()
    {
        using var scope = torch.NewDisposeScope();
        var texts = _texts.Encode(Tensors[Contexts]);
        return new FrozenClassifier(embedded => Evaluate(embedded, texts), texts) { SeesNeighbours = true };
    }

    public override void Dispose()
    {
        base.Dispose();
        _texts.Dispose();
    }

    /// <summary>Returns the features of all patches. They are too large to be cached.</summary>
    protected override IReadOnlyList<torch.Tensor> Images(IReadOnlyList<LaneBatch> lanes) =>
        Frozen(lanes, embedded => ImageTokens.EncodeAll(Model, embedded), kept: _ => null);

    protected override IReadOnlyList<StepOutput> ForwardTogether(IReadOnlyList<LaneBatch> lanes, IReadOnlyList<torch.Tensor> images)
    {
        var methods = MethodsOf<PlotMethod>(lanes);
        var texts = _texts.Encode(torch.cat([.. methods.Select(method => method.Tensors[Contexts])], 0)).chunk(lanes.Count, 0);
        var cosines = images.Zip(texts, Cosines).ToArray();
        var plans = _sinkhorn.Plans([.. cosines.Select(lane => lane.detach())]);
        return Each(lanes, i =>
            StepOutput.OfCrossEntropy(methods[i].Logits(images[i], texts[i], cosines[i], plans[i]), lanes[i].Labels));
    }

    private torch.Tensor Evaluate(torch.Tensor embedded, torch.Tensor texts)
    {
        using var scope = torch.NewDisposeScope();
        var images = ImageTokens.EncodeAll(Model, embedded);
        var cosines = Cosines(images, texts);
        return Logits(images, texts, cosines, _sinkhorn.Plans([cosines.detach()])[0]).MoveToOuterDisposeScope();
    }

    /// <param name="images">The features of the image tokens, [B, image tokens, embedding size], not normalised.</param>
    /// <param name="texts">The text features, [prompts, classes, embedding size], not normalised.</param>
    /// <returns>The cosines, [B, classes, patches, prompts].</returns>
    private static torch.Tensor Cosines(torch.Tensor images, torch.Tensor texts)
    {
        using var scope = torch.NewDisposeScope();
        var (prompts, classes) = (texts.shape[0], texts.shape[1]);
        var patches = normalize(images.narrow(1, 1, images.shape[1] - 1), dim: -1);
        // [B, patches, prompts, classes] to [B, classes, patches, prompts]
        return patches.matmul(normalize(texts, dim: -1).view(prompts * classes, -1).t())
            .view(images.shape[0], -1, prompts, classes).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <param name="images">The features of the image tokens, [B, image tokens, embedding size], not normalised.</param>
    /// <param name="texts">The text features, [prompts, classes, embedding size], not normalised.</param>
    /// <param name="cosines">The cosines, [B, classes, patches, prompts].</param>
    /// <param name="plan">The transport plan, shaped like <paramref name="cosines"/>.</param>
    /// <returns>The logits, [B, classes].</returns>
    private torch.Tensor Logits(torch.Tensor images, torch.Tensor texts, torch.Tensor cosines, torch.Tensor plan)
    {
        using var scope = torch.NewDisposeScope();
        var logits = Model.Scale * (plan * cosines).sum([2, 3]);
        if (_addPooled) logits = logits.Plus(Model.Logits(images.select(1, 0), texts.mean([0])));
        return logits.MoveToOuterDisposeScope();
    }
}
