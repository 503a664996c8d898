using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Workers;

/// <summary>
/// Thrown when this silo lacks something that a job needs, such as the files in the plan. The job is retried, because another silo may be
/// able to run it.
/// </summary>
/// <param name="reason">The error that says what is missing.</param>
public sealed class UnfitSiloException(InvalidInputException reason) : AdaptClusterException(reason.Message, reason)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}
