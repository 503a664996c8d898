using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Workers;

/// <summary>This silo lacks what a job needs, such as the planned files. Another silo may have it, so the job is retried.</summary>
/// <param name="reason">What is missing.</param>
public sealed class UnfitSiloException(InvalidInputException reason) : AdaptClusterException(reason.Message, reason)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}
