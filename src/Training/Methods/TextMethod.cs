using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// A method that trains tokens in the class texts and leaves the image tower unchanged. A derived class defines the tokens and the loss.
/// Lanes with the same texts pass through the text tower together, each lane with its own tokens.
/// </summary>
/// <param name="model">The backbone.</param>
/// <param name="texts">The class texts, with placeholders for the trained tokens; this object takes ownership.</param>
/// <param name="tensors">The trained tensors; this object takes ownership.</param>
public abstract class TextMethod(IBackbone model, ContextTexts texts, NamedTensors tensors) : FusedMethod(model, tensors)
{
    /// <inheritdoc/>
    public override int TextContextTokens => texts.Tokens;

    /// <inheritdoc/>
    public override long StepBytes(int images) => texts.StepBytes(1);

    /// <inheritdoc/>
    protected sealed override object Structure => texts.Layout;

    /// <summary>The trained tokens as a single variant, in the form that <see cref="ContextTexts.Encode"/> expects.</summary>
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

    /// <summary>Computes the output of a batch, including its loss.</summary>
    /// <param name="images">The image features, [B, embedding size], not normalised, without gradients.</param>
    /// <param name="texts">The text features, [classes, embedding size], not normalised.</param>
    /// <param name="logits">The logits, [B, classes].</param>
    /// <param name="labels">The labels, [B], int64.</param>
    protected abstract StepOutput Loss(torch.Tensor images, torch.Tensor texts, torch.Tensor logits, torch.Tensor labels);
}
