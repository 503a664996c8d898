namespace AdaptCluster.Client.Connection;

/// <summary>The process that was joined because it holds the home folder.</summary>
/// <param name="Identity">Equal for the same process alone; an id is not, since a successor in a container has it too.</param>
/// <param name="HasLeft">Tells whether it holds the home no more.</param>
internal sealed record JoinedProcess(object Identity, Func<bool> HasLeft);
