namespace AdaptCluster.Contracts;

/// <summary>
/// Thrown when the store cannot be read or written. Data committed earlier is safe. The driver's exception appears only in the log of the
/// silo where it occurred, because other processes could not deserialize it.
/// </summary>
[GenerateSerializer, Alias("StoreException")]
public sealed class StoreException : AdaptClusterException
{
    // Older silos send neither field; all store errors that they send are transient.
    [Id(1)]
    private readonly bool _isPermanent;

    /// <summary>Initializes the exception.</summary>
    /// <param name="message">The message shown to the user.</param>
    /// <param name="sqlState">PostgreSQL's error code; null if the server did not respond.</param>
    /// <param name="isPermanent">Whether the same statement with the same values always fails.</param>
    public StoreException(string message, string? sqlState = null, bool isPermanent = false) : base(message) =>
        (SqlState, _isPermanent) = (sqlState, isPermanent);

    /// <summary>
    /// PostgreSQL's error code (appendix A of its documentation); null if the server did not respond, or if the store is SQLite.
    /// </summary>
    [Id(0)]
    public string? SqlState { get; }

    /// <summary>
    /// Whether the same call may succeed later. True for a store that is unreachable, read-only, full or out of connections; false if the
    /// server refuses the values themselves (SQLSTATE classes 22 and 23), because retrying does not help then.
    /// </summary>
    public override bool IsTransient => !_isPermanent;
}
