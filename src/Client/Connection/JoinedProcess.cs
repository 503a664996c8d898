namespace AdaptCluster.Client.Connection;

/// <summary>Another process that holds the home folder. Commands use its silo through its gateway.</summary>
/// <param name="Identity">
/// A value that is equal only for the same process. A process id is not enough: in a container, a successor can have the same id.
/// </param>
/// <param name="HasLeft">A function that returns whether the process no longer holds the home.</param>
internal sealed record JoinedProcess(object Identity, Func<bool> HasLeft);
