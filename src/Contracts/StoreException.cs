namespace AdaptCluster.Contracts;

/// <summary>
/// The store could not be read or written. What was committed before is safe. The driver's own exception is only in the log of the silo
/// where it happened, because other processes could not deserialize it.
/// </summary>
[GenerateSerializer, Alias("StoreException")]
public sealed class StoreException : AdaptClusterException
{
    // Older silos send neither field; all store errors that they send are transient.
    [Id(1)]
    private readonly bool _isPermanent;

    /// <summary>Creates the exception.</summary>
    /// <param name="message">The line that the user reads.</param>
    /// <param name="sqlState">PostgreSQL's error code; null if the server did not answer.</param>
    /// <param name="isPermanent">Whether the same statement with the same values always fails.</param>
    public StoreException(string message, string? sqlState = null, bool isPermanent = false) : base(message) =>
        (SqlState, _isPermanent) = (sqlState, isPermanent);

    /// <summary>PostgreSQL's error code (appendix A of its documentation); null if the server did not answer, and on SQLite.</summary>
    [Id(0)]
    public string? SqlState { get; }

    /// <summary>
    /// Whether the same call may succeed later. True for a store that is unreachable, read-only, full or out of connections; false if the
    /// values themselves are refused (classes 22 and 23), so that retrying does not help.
    /// </summary>
    public override bool IsTransient => !_isPermanent;
}
