using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Audit;
using AdaptCluster.Sweeps.Lifecycle;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// What may be done to a sweep: by whom, as the call says, in which state, as <see cref="SweepLifecycle"/> says, and within which quota.
/// Each answer is recorded before anything is done.
/// </summary>
internal sealed class SweepPermits(SweepId id, SweepCopy copy, JobQuota quota, AuditLog audit)
{
    /// <summary>Where an action leads the sweep; null where it has nothing to do.</summary>
    /// <param name="action">The action.</param>
    /// <param name="detail">What is changed to what.</param>
    /// <param name="again">The states of the jobs that shall wait again; null for none.</param>
    /// <param name="name">Who asks, where the call does not say.</param>
    /// <exception cref="InvalidInputException">The caller may only read, or the state or the quota does not allow it.</exception>
    internal Task<SweepState?> TakeAsync(SweepAction action, string? detail = null, JobState[]? again = null, string? name = null) =>
        TakeAsync(action, detail, name, () => again is null ? Task.CompletedTask : quota.CheckAsync(copy, again));

    /// <summary>Allows another share, or refuses it.</summary>
    /// <param name="change">The change.</param>
    /// <exception cref="InvalidInputException">The caller may only read, or the state or the quota does not allow it.</exception>
    internal Task TakeAsync(ShareChange change) => TakeAsync(SweepAction.Set, Words(change), name: null, () =>
    {
        quota.CheckPriority(copy.Sweep.SubmittedBy, change.Priority);
        return Task.CompletedTask;
    });

    /// <summary>Allows other labels, in whatever state the sweep is, or refuses them.</summary>
    /// <param name="change">The change.</param>
    /// <returns>The labels that the sweep gets; null where it has them.</returns>
    /// <exception cref="InvalidInputException">The sweep is not there, the caller may only read, or a text is refused.</exception>
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

    /// <summary>Refuses a change by somebody who may only read, before there is a sweep.</summary>
    /// <exception cref="InvalidInputException">They may only read.</exception>
    internal Task RefuseReadersAsync(SweepAction action) => audit.RefuseReadersAsync(id, Asked(action));

    /// <summary>Records the submission of a sweep that is not there yet.</summary>
    /// <param name="name">Who submits it, where the call does not say.</param>
    internal Task RecordNewAsync(string? name) => audit.AllowAsync(id, AuditAction.Submit, changes: true, detail: null, name);

    /// <summary>A change of the sweep's share in words, such as "priority 0 to 10"; null where it changes nothing.</summary>
    internal string? Words(ShareChange change)
    {
        var sweep = copy.Sweep;
        string?[] words =
        [
            change.Priority is { } priority && priority != sweep.Priority ? $"priority {sweep.Priority} to {priority}" : null,
            change.Parallel is { } parallel && parallel != sweep.Parallel ? $"parallel {sweep.Parallel} to {parallel}" : null,
            change.Pool is { } pool && pool != sweep.Pool ? $"pool {(sweep.Pool.Length > 0 ? sweep.Pool : "of the silo")} to {pool}" : null,
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
