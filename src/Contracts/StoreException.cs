namespace AdaptCluster.Contracts;

/// <summary>
/// The store could not be read or written; what was committed before is safe. The driver's own exception stays in the log of the silo where
/// it happened: no other process could read it.
/// </summary>
[GenerateSerializer, Alias("StoreException")]
public sealed class StoreException : AdaptClusterException
{
    // Older silos send neither field, and their errors of the store are all transient.
    [Id(1)]
    private readonly bool _isPermanent;

    /// <summary>Describes a failure of the store.</summary>
    /// <param name="message">The line that the user reads.</param>
    /// <param name="sqlState">The server's code; null where it did not answer.</param>
    /// <param name="isPermanent">Whether the same statement with the same values fails for ever.</param>
    public StoreException(string message, string? sqlState = null, bool isPermanent = false) : base(message) =>
        (SqlState, _isPermanent) = (sqlState, isPermanent);

    /// <summary>
    /// PostgreSQL's code of the error (its documentation, appendix A); null where the server did not answer, and on SQLite.
    /// </summary>
    [Id(0)]
    public string? SqlState { get; }

    /// <summary>
    /// Whether the same call may succeed later: true for a store that is away, read-only, full or out of connections; false where the
    /// values themselves are refused (classes 22 and 23), so that no repetition helps.
    /// </summary>
    public override bool IsTransient => !_isPermanent;
}
