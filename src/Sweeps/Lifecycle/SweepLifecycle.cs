using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Lifecycle;

/// <summary>An action that a user can request for an existing sweep.</summary>
public enum SweepAction
{
    /// <summary>Submit the same spec again, to continue with all unfinished jobs, including failed and cancelled ones.</summary>
    Submit,

    /// <summary>Stop leasing the sweep's packs until it is resumed.</summary>
    Pause,

    /// <summary>Resume the sweep.</summary>
    Resume,

    /// <summary>Cancel the sweep.</summary>
    Cancel,

    /// <summary>Rerun the jobs that have no result.</summary>
    Retry,

    /// <summary>Change the sweep's priority, parallelism or pool.</summary>
    Set,
}

/// <summary>The effect of an action on a sweep.</summary>
/// <param name="To">The new state; null if there is nothing to do. It is the current state if the action only repeats steps that may have
/// been interrupted.</param>
/// <param name="Refusal">The reason why the action is refused, with {0} in place of the sweep's id; null if the action is allowed.</param>
public readonly record struct SweepMove(SweepState? To, string? Refusal = null);

/// <summary>
/// Defines the effect of each action in each state. The end of a sweep is not an action, because only the store can tell that no jobs are
/// open.
/// </summary>
public static class SweepLifecycle
{
    private static readonly SweepMove Nothing = new(To: null);

    /// <summary>Returns the effect of an action in a state.</summary>
    public static SweepMove Of(SweepState state, SweepAction action) => (action, state) switch
    {
        (SweepAction.Submit, SweepState.Completed) => Nothing,
        (SweepAction.Submit, SweepState.Cancelling) =>
            Refused(state, "cannot be submitted yet", "submit it again once 'sweep status {0}' shows cancelled"),
        (SweepAction.Submit, _) => new(SweepState.Running),

        (SweepAction.Pause, SweepState.Running or SweepState.Paused) => new(SweepState.Paused),
        (SweepAction.Pause, _) => Refused(state, "cannot be paused"),

        (SweepAction.Resume, SweepState.Running or SweepState.Paused or SweepState.Interrupted or SweepState.Cancelled) =>
            new(SweepState.Running),
        (SweepAction.Resume, SweepState.Failed) => Refused(state, "cannot be resumed", "use 'sweep retry {0}' to rerun its failed jobs"),
        (SweepAction.Resume, _) => Refused(state, "cannot be resumed"),

        // Cancelling is idempotent; a second call continues what the first one left unfinished.
        (SweepAction.Cancel, SweepState.Running or SweepState.Paused or SweepState.Interrupted or SweepState.Cancelling) =>
            new(SweepState.Cancelling),
        (SweepAction.Cancel, _) => Nothing,

        (SweepAction.Retry, SweepState.Cancelling) => Refused(state, "cannot be retried yet"),
        (SweepAction.Retry, _) => new(SweepState.Running),

        (SweepAction.Set, _) => new(state),

        _ => throw new ArgumentOutOfRangeException(nameof(action), action, null),
    };

    private static SweepMove Refused(SweepState state, string what, string instead = "'sweep status {0}' shows its state") =>
        new(null, $"sweep {{0}} is {AdaptClusterJson.Name(state)} and {what}; {instead}.");
}
