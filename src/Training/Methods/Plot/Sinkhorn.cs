using AdaptCluster.Contracts;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Methods.Plot;

/// <summary>
/// Sinkhorn's algorithm (Cuturi, "Sinkhorn distances", NeurIPS 2013) for optimal transport between patches and prompts with uniform
/// weights. The plan is diag(r) K diag(c) with K = exp(-(1 - cosine) / ε); the updates r = u / (K c) and c = v / (Kᵀ r) alternate.
/// </summary>
/// <param name="Regularisation">The entropic regularisation ε.</param>
/// <param name="Threshold">The convergence threshold. A lane stops when the mean change of r over all its image-class pairs is below the
/// threshold. All pairs in a lane stop together.</param>
/// <param name="MaxIterations">The maximum number of iterations.</param>
internal sealed record Sinkhorn(double Regularisation, double Threshold, int MaxIterations)
{
    /// <summary>
    /// The number of iterations between two convergence checks on a GPU. A check waits for the GPU, which costs more than a few superfluous
    /// iterations. During these iterations, a lane that has converged keeps its r and c.
    /// </summary>
    private const int LookEveryOnGpu = 10;

    private static readonly Scalar _minusOne = (-1).ToScalar();

    /// <summary>
    /// The number of iterations between two convergence checks; null for the device's default. The number does not affect the result.
    /// </summary>
    internal int? LookEvery { get; init; }

    /// <summary>Computes the transport plans of several lanes, without gradients.</summary>
    /// <param name="cosines">The cosines of each lane, [B, classes, patches, prompts].</param>
    /// <returns>The plan for each lane, shaped like the lane's cosines. The entries for each image-class pair sum to 1.</returns>
    /// <exception cref="AdaptClusterException">A plan contains NaN, because a feature has length zero or ε is too small for the
    /// cosines.</exception>
    internal torch.Tensor[] Plans(IReadOnlyList<torch.Tensor> cosines)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        using var regularisation = Regularisation.ToScalar();
        // Patches and prompts keep the memory layout that the product of the features has, because it determines the order in which a plan
        // is summed.
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
                "The transport plan contains NaN; raise train.plot.regularisation or lower train.learningRate.");
        }
        foreach (var plan in found) plan.MoveToOuterDisposeScope();
        return found;
    }

    /// <param name="kernel">The matrix K, [lanes, B, classes, patches, prompts].</param>
    /// <returns>The scalings r, [lanes, B, classes, patches, 1], and c, [lanes, B, classes, prompts, 1].</returns>
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
            // One mean per lane, because a mean over all lanes would sum in a different order. The comparison uses float64, the type of the
            // threshold.
            var change = torch.stack(r.Plus(state.R.neg()).abs().unbind(0).Select(lane => lane.mean())).to_type(torch.ScalarType.Float64);
            var next = new State(torch.where(state.Runs, r, state.R), torch.where(state.Runs, c, state.C),
                state.Runs.logical_and(change.lt(threshold).logical_not().view(-1, 1, 1, 1, 1)));
            state.Dispose();
            state = next.MoveToOuterDisposeScope();
            if (iteration % look == 0 && !state.Runs.any().item<bool>()) break;
        }
        return (state.R.MoveToOuterDisposeScope(), state.C.MoveToOuterDisposeScope());
    }

    /// <summary>The state of the lanes.</summary>
    /// <param name="R">The scaling r of each lane.</param>
    /// <param name="C">The scaling c of each lane.</param>
    /// <param name="Runs">A Boolean for each lane: whether the lane is still running.</param>
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
