using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Audit;

/// <summary>Records the actions that callers perform, or try to perform, on sweeps. Entries go to the store and to the log.</summary>
/// <param name="store">The store.</param>
/// <param name="loggers">The factory that creates the audit logger.</param>
internal sealed partial class AuditLog(SweepStore store, ILoggerFactory loggers)
{
    /// <summary>The log category of audit lines.</summary>
    internal const string Category = "AdaptCluster.Audit";

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    /// <summary>Records an action before it is carried out. If it cannot be recorded, the caller must not carry it out.</summary>
    /// <param name="sweep">The sweep; null for an action on several sweeps at once.</param>
    /// <param name="action">The requested action.</param>
    /// <param name="changes">Whether the action makes any change.</param>
    /// <param name="detail">Details of the action, such as the old and the new values; null for none.</param>
    /// <param name="name">The caller's name, used if the call does not carry one.</param>
    /// <exception cref="StoreException">The store cannot be written to.</exception>
    public async Task AllowAsync(SweepId? sweep, AuditAction action, bool changes, string? detail, string? name = null)
    {
        var entry = Entry(sweep?.Value, action, changes ? AuditOutcome.Done : AuditOutcome.Unchanged, detail, name);
        await store.Audit.AddAsync(entry);
        Log(entry);
    }

    /// <summary>Records a refused action. If the store is unavailable, the refusal is only logged.</summary>
    public async Task RefuseAsync(SweepId? sweep, AuditAction action, string why)
    {
        var entry = Entry(sweep?.Value, action, AuditOutcome.Refused, why, name: null);
        Log(entry);
        try
        {
            await store.Audit.AddAsync(entry);
        }
        catch (StoreException e)
        {
            LogNotStored(AdaptClusterJson.Name(action), sweep?.Value ?? "none", ReasonText.Of(e));
        }
    }

    /// <summary>Refuses a change if the caller has read-only access.</summary>
    /// <param name="sweep">The sweep; null if there is none yet.</param>
    /// <param name="action">The requested action.</param>
    /// <exception cref="InvalidInputException">The caller has read-only access.</exception>
    public async Task RefuseReadersAsync(SweepId? sweep, AuditAction action)
    {
        if (!Caller.Current.IsReadOnly) return;
        const string why = "this login has read-only access";
        await RefuseAsync(sweep, action, why);
        throw new InvalidInputException($"{why}; log in with a token that is allowed to change sweeps.");
    }

    /// <summary>Runs a check and, if it refuses the action, records the refusal.</summary>
    /// <param name="sweep">The sweep; null if there is none yet.</param>
    /// <param name="action">The requested action.</param>
    /// <param name="check">The check.</param>
    /// <exception cref="InvalidInputException">The check refuses the action.</exception>
    public async Task RecordRefusalAsync(SweepId? sweep, AuditAction action, Func<Task> check)
    {
        try
        {
            await check();
        }
        catch (InvalidInputException e)
        {
            await RefuseAsync(sweep, action, e.Message);
            throw;
        }
    }

    private static AuditEntry Entry(string? sweep, AuditAction action, AuditOutcome outcome, string? detail, string? name)
    {
        var caller = Caller.Current;
        return new AuditEntry
        {
            Time = default,
            Sweep = sweep,
            Action = action,
            Outcome = outcome,
            Way = caller.Way,
            Name = caller.Name ?? name,
            Detail = detail is null ? null : PrintableText.OneLine(detail[..Math.Min(detail.Length, AuditEntry.LongestDetail)]),
            Call = Caller.CallId,
        };
    }

    private void Log(AuditEntry entry) => LogEntry(entry.Name ?? "an unnamed caller", AdaptClusterJson.Name(entry.Way),
        AdaptClusterJson.Name(entry.Action), entry.Sweep ?? "none", AdaptClusterJson.Name(entry.Outcome), entry.Detail ?? "");

    [LoggerMessage(LogLevel.Information, "Audit: {Name} ({Way}) {Action} sweep {Sweep}: {Outcome} {Detail}")]
    private partial void LogEntry(string name, string way, string action, string sweep, string outcome, string detail);

    [LoggerMessage(
        LogLevel.Warning,
        "Could not store the refusal to {Action} sweep {Sweep} in the audit log ({Reason}); it is recorded only in this log")]
    private partial void LogNotStored(string action, string sweep, string reason);
}
