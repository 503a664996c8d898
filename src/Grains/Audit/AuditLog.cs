using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Audit;

/// <summary>Writes down who did what to the sweeps, or tried to: in the store, and as a line of the log.</summary>
/// <param name="store">The store.</param>
/// <param name="loggers">Make the log's category.</param>
internal sealed partial class AuditLog(SweepStore store, ILoggerFactory loggers)
{
    /// <summary>The category of the lines.</summary>
    internal const string Category = "AdaptCluster.Audit";

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    /// <summary>
    /// Records what is about to be done; nothing is done that cannot be recorded.
    /// </summary>
    /// <param name="sweep">The sweep; null for several at once.</param>
    /// <param name="action">What is asked for.</param>
    /// <param name="changes">Whether there is anything to do.</param>
    /// <param name="detail">What is changed to what.</param>
    /// <param name="name">Who asks, where the call does not say.</param>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    public async Task AllowAsync(SweepId? sweep, AuditAction action, bool changes, string? detail, string? name = null)
    {
        var entry = Entry(sweep?.Value, action, changes ? AuditOutcome.Done : AuditOutcome.Unchanged, detail, name);
        await store.Audit.AddAsync(entry);
        Log(entry);
    }

    /// <summary>Records what is refused. A store that is away makes nothing of a refusal but a line of the log.</summary>
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
            LogNotStored(e.Message);
        }
    }

    /// <summary>Refuses a change by somebody who may only read.</summary>
    /// <param name="sweep">The sweep; null where there is none yet.</param>
    /// <param name="action">What they ask for.</param>
    /// <exception cref="InvalidInputException">They may only read.</exception>
    public async Task RefuseReadersAsync(SweepId? sweep, AuditAction action)
    {
        if (!Caller.Current.IsReadOnly) return;
        const string why = "this login may only read";
        await RefuseAsync(sweep, action, why);
        throw new InvalidInputException($"{why}; log in with a token that may change sweeps.");
    }

    /// <summary>Makes a check, and records what it refuses.</summary>
    /// <param name="sweep">The sweep; null where there is none yet.</param>
    /// <param name="action">What is asked for.</param>
    /// <param name="check">The check.</param>
    /// <exception cref="InvalidInputException">It is refused.</exception>
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

    private void Log(AuditEntry entry) => LogEntry(entry.Name ?? "somebody", AdaptClusterJson.Name(entry.Way),
        AdaptClusterJson.Name(entry.Action), entry.Sweep ?? "none", AdaptClusterJson.Name(entry.Outcome), entry.Detail ?? "");

    [LoggerMessage(LogLevel.Information, "Audit: {Name} ({Way}) {Action} sweep {Sweep}: {Outcome} {Detail}")]
    private partial void LogEntry(string name, string way, string action, string sweep, string outcome, string detail);

    [LoggerMessage(LogLevel.Warning, "A refusal is in the log only, since the store does not take it: {Reason}")]
    private partial void LogNotStored(string reason);
}
