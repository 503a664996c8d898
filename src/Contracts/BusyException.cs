namespace AdaptCluster.Contracts;

/// <summary>
/// The cluster has too much work of this kind in progress. The same call can succeed later, but callers do not repeat it by themselves: the
/// user decides whether to wait. The HTTP API responds with status 503.
/// </summary>
/// <param name="message">The line that the user reads.</param>
[GenerateSerializer, Alias("BusyException")]
public sealed class BusyException(string message) : AdaptClusterException(message);
