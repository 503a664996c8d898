using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// Trained tokens in the classes' texts; the image tower is CLIP's. Which tokens they are and what the loss is, the methods of the family
/// say. Lanes with the same texts pass the text tower together, each with tokens of its own.
/// </summary>
/// <param name="model">The backbone.</param>
/// <param name="texts">The classes' texts, the tokens' places in them free; owned from now on.</param>
/// <param name="tensors">The trained tensors; owned from now on.</param>
public abstract class TextMethod(IBackbone model, ContextTexts texts, NamedTensors tensors) : FusedMethod(model, tensors)
{
    /// <inheritdoc/>
    public override int TextContextTokens => texts.Tokens;

    /// <inheritdoc/>
    public override long StepBytes(int images) => texts.StepBytes(1);

    /// <inheritdoc/>
    protected sealed override object Structure => texts.Layout;

    /// <summary>The tokens as <see cref="ContextTexts.Encode"/> takes them, as one variant.</summary>
    protected abstract torch.Tensor Tokens { get; }

    /// <inheritdoc/>
    public override IClassifier Freeze()
    {
        using var scope = torch.NewDisposeScope();
        return new PromptedClassifier(Model, texts.Encode(Tokens).squeeze(0));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        GC.SuppressFinalize(this);
        base.Dispose();
        texts.Dispose();
    }

    /// <inheritdoc/>
    protected sealed override IReadOnlyList<torch.Tensor> Images(IReadOnlyList<LaneBatch> lanes) => FrozenFeatures(lanes);

    /// <inheritdoc/>
    protected override IReadOnlyList<StepOutput> ForwardTogether(IReadOnlyList<LaneBatch> lanes, IReadOnlyList<torch.Tensor> images)
    {
        var methods = MethodsOf<TextMethod>(lanes);
        var features = texts.EncodeLanes([.. methods.Select(method => method.Tokens)]);
        return Each(lanes, i =>
            methods[i].Loss(images[i], features[i], Model.Logits(images[i], features[i]), lanes[i].Labels));
    }

    /// <summary>The loss.</summary>
    /// <param name="images">[B, embedding size], not normalised, without gradients.</param>
    /// <param name="texts">[classes, embedding size], not normalised.</param>
    /// <param name="logits">[B, classes].</param>
    /// <param name="labels">[B], int64.</param>
    protected abstract StepOutput Loss(torch.Tensor images, torch.Tensor texts, torch.Tensor logits, torch.Tensor labels);
}
