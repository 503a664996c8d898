using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods.ZeroShot;

/// <summary>Zero-shot CLIP: predicts the class whose text is most similar to the image.</summary>
/// <param name="model">The backbone.</param>
/// <param name="texts">The class texts; the caller keeps ownership.</param>
internal sealed class ZeroShotMethod(IBackbone model, PreparedTexts texts) : IMethod
{
    public int ImageContextTokens => 0;

    public int TextContextTokens => 0;

    public long TrainableParameters => 0;

    public long MultiplyAdds => model.Cost.MultiplyAdds([], []);

    public long HookMultiplyAdds => model.Cost.HookMultiplyAdds(0, 0);

    public IClassifier Freeze()
    {
        using var scope = torch.NewDisposeScope();
        return new PromptedClassifier(model, model.EncodeTexts(texts));
    }

    public void Dispose()
    {
        // The method owns no resources.
    }
}
