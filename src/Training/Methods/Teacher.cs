using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Methods;

/// <summary>The zero-shot teacher that KgCoOp, ProGrad and LAMM regularise towards.</summary>
public static class Teacher
{
    /// <summary>Features of texts, normalised to length 1, without gradients.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">Token ids of each text, start and end included.</param>
    /// <returns>[texts, embedding size]; outlives dispose scopes.</returns>
    public static torch.Tensor TextFeatures(IBackbone model, IReadOnlyList<int[]> texts)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        using var prepared = model.PrepareTexts(texts);
        return normalize(model.EncodeTexts(prepared), dim: -1).DetachFromDisposeScope();
    }

    /// <summary>
    /// Distillation in its cross-entropy form: T² · mean over the batch of -Σ softmax(target / T) · log softmax(prediction / T).
    /// </summary>
    /// <param name="target">Logits, [B, classes].</param>
    /// <param name="prediction">Logits, [B, classes].</param>
    /// <param name="temperature">T.</param>
    /// <returns>[]; gradients flow through both.</returns>
    public static torch.Tensor Distillation(torch.Tensor target, torch.Tensor prediction, double temperature)
    {
        using var scope = torch.NewDisposeScope();
        var product = softmax(target.Over(temperature), 1) * log_softmax(prediction.Over(temperature), 1);
        return product.sum(1).mean().Times(-temperature * temperature).MoveToOuterDisposeScope();
    }
}
