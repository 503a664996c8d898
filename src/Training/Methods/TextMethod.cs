using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// Trained tokens in the classes' texts; the image tower is CLIP's. Which tokens they are and what the loss is, the methods of the family
/// say.
/// </summary>
/// <param name="model">The backbone.</param>
/// <param name="texts">The classes' texts, the tokens' places in them free; owned from now on.</param>
/// <param name="tensors">The trained tensors; owned from now on.</param>
public abstract class TextMethod(IBackbone model, ContextTexts texts, NamedTensors tensors) : TensorMethod(model, tensors)
{
    /// <inheritdoc/>
    public override int TextContextTokens => texts.Tokens;

    /// <inheritdoc/>
    public override long StepBytes(int images) => texts.StepBytes(1);

    /// <summary>The tokens as <see cref="ContextTexts.Encode"/> takes them, as one variant.</summary>
    protected abstract torch.Tensor Tokens { get; }

    /// <inheritdoc/>
    public override IClassifier Freeze()
    {
        using var scope = torch.NewDisposeScope();
        return new PromptedClassifier(Model, EncodeTexts());
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        GC.SuppressFinalize(this);
        base.Dispose();
        texts.Dispose();
    }

    /// <inheritdoc/>
    protected override StepOutput Forward(LaneBatch batch)
    {
        var (images, features) = (FrozenImages(batch), EncodeTexts());
        return Loss(images, features, Model.Logits(images, features), batch.Labels);
    }

    /// <summary>The loss.</summary>
    /// <param name="images">[B, embedding size], not normalised, without gradients.</param>
    /// <param name="texts">[classes, embedding size], not normalised.</param>
    /// <param name="logits">[B, classes].</param>
    /// <param name="labels">[B], int64.</param>
    protected abstract StepOutput Loss(torch.Tensor images, torch.Tensor texts, torch.Tensor logits, torch.Tensor labels);

    private torch.Tensor EncodeTexts() => texts.Encode(Tokens).squeeze(0);
}
