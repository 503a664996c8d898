using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Workers;

/// <summary>
/// Thrown when this silo lacks something that a job needs, such as the files of the plan. Another silo may have it, so the job is retried.
/// </summary>
/// <param name="reason">The error that describes what is missing.</param>
public sealed class UnfitSiloException(InvalidInputException reason) : AdaptClusterException(reason.Message, reason)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}
