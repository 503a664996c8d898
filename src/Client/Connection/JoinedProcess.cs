namespace AdaptCluster.Client.Connection;

/// <summary>The process that was joined because it holds the home folder.</summary>
/// <param name="Identity">
/// Equal only for the same process. A process id is not enough, since a successor in a container can have the same one.
/// </param>
/// <param name="HasLeft">Whether it no longer holds the home.</param>
internal sealed record JoinedProcess(object Identity, Func<bool> HasLeft);
