namespace AdaptCluster.Contracts;

/// <summary>
/// Thrown when the cluster has too much work of one kind in progress. The same call can succeed later, but callers do not retry it
/// automatically: the user decides whether to wait. The HTTP API responds with status 503.
/// </summary>
/// <param name="message">The message shown to the user.</param>
[GenerateSerializer, Alias("BusyException")]
public sealed class BusyException(string message) : AdaptClusterException(message);
