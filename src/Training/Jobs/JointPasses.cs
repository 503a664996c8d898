using AdaptCluster.Training.Methods;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// Decides which groups of lanes pass through the towers together on a CPU. Together is faster, but a math library may sum a product with
/// more rows in another order, and a lane must compute the same bits by itself and in a group. Whether it does depends on the library, the
/// processor, the number of threads and the shapes, but not on the values. So a step is computed in both ways before its shapes are
/// trusted, and lanes pass together only where losses, logits and gradients were equal bit for bit. Results are always those of separate
/// passes.
/// </summary>
internal sealed class JointPasses
{
    /// <summary>The maximum number of shapes to remember, because the shapes of a long run may never recur.</summary>
    private const int MostShapes = 1000;

    private readonly Dictionary<(object StepsWith, long Images, string Lanes), bool> _trusted = [];

    /// <summary>Whether the bits of a group differed from those of separate passes, after which no group passes together.</summary>
    internal bool Differed { get; private set; }

    /// <summary>Sets whether a group passes together, and computes its step together if that has to be compared.</summary>
    /// <param name="group">The lanes of the group.</param>
    /// <returns>The comparison to make once the lanes have passed separately; null if there is nothing to compare.</returns>
    internal Comparison? Begin(LaneBatch[] group)
    {
        if (group.Length == 1 || group[0].Method is not ILanesTogether { PassShape: not null } first) return null;
        first.PassesTogether = false;
        if (Differed) return null;
        var shapes = string.Join(';', group.Select(lane => ((ILanesTogether)lane.Method).PassShape));
        var key = (group[0].Method.StepsWith, group[0].Labels.shape[0], shapes);
        if (!_trusted.TryGetValue(key, out var trusted))
        {
            // Shapes that come only once, for example while each step prunes tokens, are not worth a comparison.
            if (_trusted.Count == MostShapes) _trusted.Clear();
            _trusted[key] = false;
            return null;
        }
        first.PassesTogether = true;
        if (trusted) return null;
        try
        {
            return new Comparison(group, Computed(group), equal =>
            {
                if (equal) _trusted[key] = true;
                else Differed = true;
            });
        }
        finally
        {
            first.PassesTogether = false;
        }
    }

    /// <summary>Computes a group's step without keeping gradients, and returns the loss, logits and gradients of each lane.</summary>
    private static torch.Tensor[][] Computed(LaneBatch[] group)
    {
        using var scope = torch.NewDisposeScope();
        var outputs = TrainingStep.Differentiate(group, group[0].Method.Forward(group));
        var computed = group.Select((lane, i) => Results(lane, outputs[i])).ToArray();
        foreach (var tensor in computed.SelectMany(tensors => tensors)) tensor.MoveToOuterDisposeScope();
        foreach (var tensor in group.SelectMany(lane => lane.Method.Trained)) tensor.DropGradient();
        return computed;
    }

    private static torch.Tensor[] Results(LaneBatch lane, StepOutput output) =>
        [output.Loss.detach(), output.Logits.detach(), .. lane.Method.Trained.Select(tensor => tensor.Gradient!)];

    /// <summary>A step that was computed together, to compare with the same step computed by separate passes.</summary>
    /// <param name="group">The lanes.</param>
    /// <param name="together">The loss, logits and gradients of each lane.</param>
    /// <param name="ended">A handler that is called with whether all bits are equal.</param>
    internal sealed class Comparison(LaneBatch[] group, torch.Tensor[][] together, Action<bool> ended)
    {
        /// <summary>Compares, after the backward pass of the separate passes.</summary>
        /// <param name="outputs">The outputs of the separate passes, one per lane of the group.</param>
        internal void End(IReadOnlyList<StepOutput> outputs)
        {
            var separate = group.Select((lane, i) => Results(lane, outputs[i]));
            ended(together.Zip(separate).All(lane => lane.First.Zip(lane.Second).All(pair => SameBits(pair.First, pair.Second))));
        }

        private static bool SameBits(torch.Tensor one, torch.Tensor other)
        {
            using var scope = torch.NewDisposeScope();
            return one.contiguous().bytes.SequenceEqual(other.contiguous().bytes);
        }
    }
}
