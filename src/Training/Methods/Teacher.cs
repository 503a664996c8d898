using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Methods;

/// <summary>The zero-shot teacher that KgCoOp, ProGrad and LAMM regularise towards.</summary>
public static class Teacher
{
    /// <summary>Computes text features, normalised to length 1, without gradients.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The token ids of each text, including the start and end tokens.</param>
    /// <returns>The features, [texts, embedding size], detached from all dispose scopes.</returns>
    public static torch.Tensor TextFeatures(IBackbone model, IReadOnlyList<int[]> texts)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        using var prepared = model.PrepareTexts(texts);
        return normalize(model.EncodeTexts(prepared), dim: -1).DetachFromDisposeScope();
    }

    /// <summary>
    /// Computes the distillation loss in its cross-entropy form: T² · mean over the batch of -Σ softmax(target / T) · log
    /// softmax(prediction / T).
    /// </summary>
    /// <param name="target">The target logits, [B, classes].</param>
    /// <param name="prediction">The predicted logits, [B, classes].</param>
    /// <param name="temperature">The temperature T.</param>
    /// <returns>The loss, []; gradients flow through both arguments.</returns>
    public static torch.Tensor Distillation(torch.Tensor target, torch.Tensor prediction, double temperature)
    {
        using var scope = torch.NewDisposeScope();
        var product = softmax(target.Over(temperature), 1) * log_softmax(prediction.Over(temperature), 1);
        return product.sum(1).mean().Times(-temperature * temperature).MoveToOuterDisposeScope();
    }
}
