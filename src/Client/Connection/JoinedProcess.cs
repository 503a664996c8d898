namespace AdaptCluster.Client.Connection;

/// <summary>The process that was joined because it holds the home folder.</summary>
/// <param name="Id">Its id.</param>
/// <param name="HasLeft">Tells whether it holds the home no more.</param>
internal sealed record JoinedProcess(int Id, Func<bool> HasLeft);
