using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Audit;
using AdaptCluster.Sweeps.Lifecycle;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// Decides whether an action on a sweep is allowed. The decision depends on the caller's rights, the sweep's state
/// (<see cref="SweepLifecycle"/>) and the quota. It is recorded before the action is carried out.
/// </summary>
internal sealed class SweepPermits(SweepId id, SweepCopy copy, JobQuota quota, AuditLog audit)
{
    /// <summary>Checks and records an action, and returns the state that it leads to; null if the action has no effect.</summary>
    /// <param name="action">The action.</param>
    /// <param name="detail">Details of the action, such as the old and the new values; null for none.</param>
    /// <param name="again">The states of the jobs to queue again; null for none.</param>
    /// <param name="name">The caller's name, used if the call does not carry one.</param>
    /// <exception cref="InvalidInputException">
    /// The caller has read-only access, or the state or the quota does not allow the action.
    /// </exception>
    internal Task<SweepState?> TakeAsync(SweepAction action, string? detail = null, JobState[]? again = null, string? name = null) =>
        TakeAsync(action, detail, name, () => again is null ? Task.CompletedTask : quota.CheckAsync(copy, again));

    /// <summary>Checks and records a change to the sweep's share.</summary>
    /// <param name="change">The change.</param>
    /// <exception cref="InvalidInputException">
    /// The caller has read-only access, or the state or the quota does not allow the action.
    /// </exception>
    internal Task TakeAsync(ShareChange change) => TakeAsync(SweepAction.Set, Words(change), name: null, () =>
    {
        quota.CheckPriority(copy.Sweep.SubmittedBy, change.Priority);
        return Task.CompletedTask;
    });

    /// <summary>Checks and records a change to the sweep's labels, which is allowed in every state.</summary>
    /// <param name="change">The change.</param>
    /// <returns>The sweep's new labels; null if they are unchanged.</returns>
    /// <exception cref="InvalidInputException">
    /// The sweep does not exist, the caller has read-only access, or a label is invalid.
    /// </exception>
    internal async Task<SweepLabels?> TakeAsync(LabelChange change)
    {
        await audit.RefuseReadersAsync(id, AuditAction.Label);
        var (before, after) = (copy.Labels, copy.Labels);
        await audit.RecordRefusalAsync(id, AuditAction.Label, () =>
        {
            after = before.With(change);
            return Task.CompletedTask;
        });
        var words = before.Difference(after);
        await audit.AllowAsync(id, AuditAction.Label, changes: words is not null, words);
        return words is null ? null : after;
    }

    private async Task<SweepState?> TakeAsync(SweepAction action, string? detail, string? name, Func<Task> checkQuota)
    {
        var asked = Asked(action);
        await audit.RefuseReadersAsync(id, asked);
        var move = SweepLifecycle.Of(copy.Sweep.State, action);
        if (move.Refusal is { } refusal)
        {
            var why = string.Format(CultureInfo.InvariantCulture, refusal, id);
            await audit.RefuseAsync(id, asked, why);
            throw new InvalidInputException(why);
        }
        await audit.RecordRefusalAsync(id, asked, checkQuota);
        await audit.AllowAsync(id, asked, changes: move.To is not null, detail, name);
        return move.To;
    }

    /// <summary>Refuses an action if the caller has read-only access. Works before the sweep exists.</summary>
    /// <exception cref="InvalidInputException">The caller has read-only access.</exception>
    internal Task RefuseReadersAsync(SweepAction action) => audit.RefuseReadersAsync(id, Asked(action));

    /// <summary>Records the submission of a new sweep.</summary>
    /// <param name="name">The submitter's name, used if the call does not carry one.</param>
    internal Task RecordNewAsync(string? name) => audit.AllowAsync(id, AuditAction.Submit, changes: true, detail: null, name);

    /// <summary>Describes a change to the sweep's share, such as "priority 0 to 10"; null if it changes nothing.</summary>
    internal string? Words(ShareChange change)
    {
        var sweep = copy.Sweep;
        string?[] words =
        [
            change.Priority is { } priority && priority != sweep.Priority ? $"priority {sweep.Priority} to {priority}" : null,
            change.Parallel is { } parallel && parallel != sweep.Parallel ? $"parallel {sweep.Parallel} to {parallel}" : null,
            change.Pool is { } pool && pool != sweep.Pool ? $"pool {(sweep.Pool.Length > 0 ? sweep.Pool : "(default)")} to {pool}" : null,
        ];
        return string.Join(", ", words.OfType<string>()) is { Length: > 0 } all ? all : null;
    }

    private static AuditAction Asked(SweepAction action) => action switch
    {
        SweepAction.Submit => AuditAction.Submit,
        SweepAction.Pause => AuditAction.Pause,
        SweepAction.Resume => AuditAction.Resume,
        SweepAction.Cancel => AuditAction.Cancel,
        SweepAction.Retry => AuditAction.Retry,
        SweepAction.Set => AuditAction.Set,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, null),
    };
}
