using System.Globalization;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// The exception that is thrown when a job's loss becomes NaN or infinite. Training is deterministic, so a retry would diverge again.
/// </summary>
/// <param name="iteration">The iteration at which the training diverged, counted from 1.</param>
/// <param name="loss">The loss at that iteration.</param>
public sealed class DivergedException(int iteration, double loss) : AdaptClusterException(string.Create(CultureInfo.InvariantCulture,
    $"The training diverged: the loss at iteration {iteration} is {loss}; {Advice(iteration)}."))
{
    /// <summary>The iteration at which the training diverged, counted from 1.</summary>
    public int Iteration { get; } = iteration;

    /// <summary>The loss at that iteration: NaN or infinite.</summary>
    public double Loss { get; } = loss;

    private static string Advice(int iteration) => iteration > 1
        ? "lower train.learningRate"
        : "no update preceded it, so check the backbone's files or lower train.adapt.initialStandardDeviation";
}
