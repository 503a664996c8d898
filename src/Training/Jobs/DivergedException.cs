using System.Globalization;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Jobs;

/// <summary>The loss of a job is no number any more. The same job diverges again: nothing in it is left to chance.</summary>
/// <param name="iteration">Where, from 1.</param>
/// <param name="loss">The loss there.</param>
public sealed class DivergedException(int iteration, double loss) : AdaptClusterException(string.Create(CultureInfo.InvariantCulture,
    $"The training diverged: the loss of iteration {iteration} is {loss}; {Advice(iteration)}."))
{
    /// <summary>The iteration, from 1.</summary>
    public int Iteration { get; } = iteration;

    /// <summary>Its loss: NaN or infinite.</summary>
    public double Loss { get; } = loss;

    private static string Advice(int iteration) => iteration > 1
        ? "lower train.learningRate"
        : "no update came before it, so check the backbone's files, or lower train.adapt.initialStandardDeviation";
}
