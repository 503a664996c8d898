using AdaptCluster.Training.Clip;
using AdaptCluster.Training.Jobs;
using TorchSharp;

namespace AdaptCluster.Training.Methods.CoOp;

/// <summary>
/// One context, "ctx" [length, text width], in front of every class's name; the image tower is CLIP's. What the loss is, the methods of the
/// family say.
/// </summary>
internal abstract class ContextMethod : TensorMethod
{
    private readonly ContextTexts _texts;

    /// <summary>Starts from given values.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The classes' texts, the context's places in them free; owned from now on.</param>
    /// <param name="context">[length, text width]; owned from now on.</param>
    protected ContextMethod(ClipModel model, ContextTexts texts, torch.Tensor context)
        : base(model, new NamedTensors([KeyValuePair.Create(ContextName, context)])) => _texts = texts;

    /// <summary>The name of the trained tensor.</summary>
    protected const string ContextName = "ctx";

    public override int TextContextTokens => _texts.Length;

    public override long StepBytes(int images) => _texts.StepBytes(1);

    public override IClassifier Freeze()
    {
        using var scope = torch.NewDisposeScope();
        return new PromptedClassifier(Model, EncodeTexts());
    }

    public override void Dispose()
    {
        base.Dispose();
        _texts.Dispose();
    }

    /// <summary>Texts whose first tokens behind the start are the context's.</summary>
    protected static ContextTexts Behind(ClipModel model, IReadOnlyList<int[]> texts, int length) => new(model, texts, first: 1, length);

    protected override StepOutput Forward(LaneBatch batch)
    {
        var (images, texts) = (FrozenImages(batch), EncodeTexts());
        return Loss(images, texts, Model.Logits(images, texts), batch.Labels);
    }

    /// <summary>The loss.</summary>
    /// <param name="images">[B, embedding size], not normalised, without gradients.</param>
    /// <param name="texts">[classes, embedding size], not normalised.</param>
    /// <param name="logits">[B, classes].</param>
    /// <param name="labels">[B], int64.</param>
    protected abstract StepOutput Loss(torch.Tensor images, torch.Tensor texts, torch.Tensor logits, torch.Tensor labels);

    private torch.Tensor EncodeTexts() => _texts.Encode(Tensors[ContextName].unsqueeze(0)).squeeze(0);
}
