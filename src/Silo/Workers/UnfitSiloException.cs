using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Workers;

/// <summary>This silo has not what a job needs, such as the planned files; another may have it, so the job is tried again.</summary>
/// <param name="reason">What is missing.</param>
public sealed class UnfitSiloException(InvalidInputException reason) : AdaptClusterException(reason.Message, reason)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}
