using AdaptCluster.Contracts;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Methods.Plot;

/// <summary>
/// Sinkhorn's iteration (Cuturi, "Sinkhorn distances", NeurIPS 2013) between patches and prompts, all of the same weight: the plan is
/// diag(r) K diag(c) with K = exp(-(1 - cosine) / ε), where in turn r = u / (K c) and c = v / (Kᵀ r).
/// </summary>
/// <param name="Regularisation">ε.</param>
/// <param name="Threshold">The mean change of r, over all pairs of image and class of a lane, below which the lane stops: one stop for its
/// whole batch.</param>
/// <param name="MaxIterations">Where it stops otherwise.</param>
internal sealed record Sinkhorn(double Regularisation, double Threshold, int MaxIterations)
{
    /// <summary>
    /// Iterations between two looks at whether a lane still runs. A GPU has to wait for a look, and less for iterations that nobody needs:
    /// a lane that has stopped keeps its r and c in them.
    /// </summary>
    private const int LookEveryOnGpu = 10;

    private static readonly Scalar _minusOne = (-1).ToScalar();

    /// <summary>Replaces the number of iterations between two looks, which changes no result; null for the device's.</summary>
    internal int? LookEvery { get; init; }

    /// <summary>The plans of several lanes, constants to gradients.</summary>
    /// <param name="cosines">[B, classes, patches, prompts] of each lane.</param>
    /// <returns>As <paramref name="cosines"/>; the entries of each pair of image and class sum to 1.</returns>
    /// <exception cref="AdaptClusterException">One is no number: a feature has no direction, or ε is too small for the cosines.</exception>
    internal torch.Tensor[] Plans(IReadOnlyList<torch.Tensor> cosines)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        using var regularisation = Regularisation.ToScalar();
        // Patches and prompts lie where the products of features left them: sums over a plan add up in the order of its memory.
        var kernels = torch.stack(cosines.Select(lane => lane.permute(0, 2, 3, 1))).add_(_minusOne).div_(regularisation).exp_()
            .permute(0, 1, 4, 2, 3);
        var (r, c) = Scalings(kernels.contiguous());
        torch.Tensor[] found =
        [
            .. kernels.unbind(0).Zip(r.unbind(0), c.unbind(0)).Select(lane => lane.Second * lane.First * lane.Third.transpose(2, 3)),
        ];
        if (torch.stack(found.Select(plan => plan.isnan().any())).any().item<bool>())
        {
            throw new AdaptClusterException(
                "The transport plan holds values that are no numbers; raise train.plot.regularisation, or lower train.learningRate.");
        }
        foreach (var plan in found) plan.MoveToOuterDisposeScope();
        return found;
    }

    /// <param name="kernel">K, [lanes, B, classes, patches, prompts].</param>
    /// <returns>r, [lanes, B, classes, patches, 1], and c, [lanes, B, classes, prompts, 1].</returns>
    private (torch.Tensor R, torch.Tensor C) Scalings(torch.Tensor kernel)
    {
        using var scope = torch.NewDisposeScope();
        using var threshold = Threshold.ToScalar();
        var look = LookEvery ?? (kernel.device_type == DeviceType.CUDA ? LookEveryOnGpu : 1);
        var (patches, prompts) = (kernel.shape[3], kernel.shape[4]);
        var transposed = kernel.transpose(-2, -1).contiguous();
        var state = new State(torch.ones_like(kernel.select(4, 0)).unsqueeze(4), torch.ones_like(kernel.select(3, 0)).unsqueeze(4),
            torch.ones([kernel.shape[0], 1, 1, 1, 1], dtype: torch.ScalarType.Bool, device: kernel.device));
        for (var iteration = 1; iteration <= MaxIterations; iteration++)
        {
            using var inner = torch.NewDisposeScope();
            var r = kernel.matmul(state.C).reciprocal().Over(patches);
            var c = transposed.matmul(r).reciprocal().Over(prompts);
            // A mean for each lane by itself: of all lanes together it would be added up in another order. Compared in float64, as the
            // threshold is given.
            var change = torch.stack(r.Plus(state.R.neg()).abs().unbind(0).Select(lane => lane.mean())).to_type(torch.ScalarType.Float64);
            var next = new State(torch.where(state.Runs, r, state.R), torch.where(state.Runs, c, state.C),
                state.Runs.logical_and(change.lt(threshold).logical_not().view(-1, 1, 1, 1, 1)));
            state.Dispose();
            state = next.MoveToOuterDisposeScope();
            if (iteration % look == 0 && !state.Runs.any().item<bool>()) break;
        }
        return (state.R.MoveToOuterDisposeScope(), state.C.MoveToOuterDisposeScope());
    }

    /// <summary>Where the lanes are.</summary>
    /// <param name="R">r of each.</param>
    /// <param name="C">c of each.</param>
    /// <param name="Runs">Whether a lane still runs.</param>
    private sealed record State(torch.Tensor R, torch.Tensor C, torch.Tensor Runs) : IDisposable
    {
        public void Dispose()
        {
            R.Dispose();
            C.Dispose();
            Runs.Dispose();
        }

        internal State MoveToOuterDisposeScope()
        {
            R.MoveToOuterDisposeScope();
            C.MoveToOuterDisposeScope();
            Runs.MoveToOuterDisposeScope();
            return this;
        }
    }
}
