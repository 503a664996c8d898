using AdaptCluster.Contracts;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Methods.Plot;

/// <summary>
/// Sinkhorn's iteration (Cuturi, "Sinkhorn distances", NeurIPS 2013) between patches and prompts, all of the same weight: the plan is
/// diag(r) K diag(c) with K = exp(-(1 - cosine) / ε), where in turn r = u / (K c) and c = v / (Kᵀ r).
/// </summary>
/// <param name="Regularisation">ε.</param>
/// <param name="Threshold">The mean change of r, over all pairs of image and class, below which it stops: one stop for the whole
/// batch.</param>
/// <param name="MaxIterations">Where it stops otherwise.</param>
internal sealed record Sinkhorn(double Regularisation, double Threshold, int MaxIterations)
{
    /// <summary>The plan for each pair of image and class, a constant to gradients.</summary>
    /// <param name="cosines">[B, classes, patches, prompts].</param>
    /// <returns>As <paramref name="cosines"/>; each plan's entries sum to 1.</returns>
    /// <exception cref="AdaptClusterException">It is no number: a feature has no direction, or ε is too small for the cosines.</exception>
    internal torch.Tensor Plan(torch.Tensor cosines)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var kernel = cosines.Plus(torch.ones_like(cosines).neg()).Over(Regularisation).exp();
        var (patches, prompts) = (cosines.shape[2], cosines.shape[3]);
        var r = torch.ones_like(cosines.select(3, 0)).unsqueeze(3);
        var c = torch.ones_like(cosines.select(2, 0)).unsqueeze(3);
        var transposed = kernel.transpose(2, 3);
        for (var iteration = 0; iteration < MaxIterations; iteration++)
        {
            var before = r;
            r = kernel.matmul(c).reciprocal().Over(patches);
            c = transposed.matmul(r).reciprocal().Over(prompts);
            if (r.Plus(before.neg()).abs().mean().item<float>() < Threshold) break;
        }
        var plan = r * kernel * c.transpose(2, 3);
        if (plan.isnan().any().item<bool>())
        {
            throw new AdaptClusterException(
                "The transport plan holds values that are no numbers; raise train.plot.regularisation, or lower train.learningRate.");
        }
        return plan.MoveToOuterDisposeScope();
    }
}
