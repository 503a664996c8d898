using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Lifecycle;

/// <summary>What a user can ask of a sweep that is there.</summary>
public enum SweepAction
{
    /// <summary>To go on with the same spec, failed and cancelled jobs included.</summary>
    Submit,

    /// <summary>To lease nothing more of it for now.</summary>
    Pause,

    /// <summary>To go on where it was left.</summary>
    Resume,

    /// <summary>To stop it for good.</summary>
    Cancel,

    /// <summary>To run jobs without a result once more.</summary>
    Retry,

    /// <summary>To change its priority, parallelism or pool.</summary>
    Set,
}

/// <summary>What becomes of a sweep that is asked.</summary>
/// <param name="To">The state that it goes to; the one it has where it only repeats what may have been broken off; null where nothing is
/// done.</param>
/// <param name="Refusal">Why it refuses, with {0} for its id; null where it does not.</param>
public readonly record struct SweepMove(SweepState? To, string? Refusal = null);

/// <summary>
/// Every state with every action: the one place that says what a user may do when. The end of a sweep is none of these, since the store
/// alone says when nothing is open.
/// </summary>
public static class SweepLifecycle
{
    private static readonly SweepMove Nothing = new(To: null);

    /// <summary>What an action makes of a state.</summary>
    public static SweepMove Of(SweepState state, SweepAction action) => (action, state) switch
    {
        (SweepAction.Submit, SweepState.Completed) => Nothing,
        (SweepAction.Submit, SweepState.Cancelling) =>
            Refused(state, "cannot be submitted yet", "submit it again when 'sweep status {0}' says cancelled"),
        (SweepAction.Submit, _) => new(SweepState.Running),

        (SweepAction.Pause, SweepState.Running or SweepState.Paused) => new(SweepState.Paused),
        (SweepAction.Pause, _) => Refused(state, "cannot be paused"),

        (SweepAction.Resume, SweepState.Running or SweepState.Paused or SweepState.Interrupted or SweepState.Cancelled) =>
            new(SweepState.Running),
        (SweepAction.Resume, SweepState.Failed) => Refused(state, "cannot be resumed", "'sweep retry {0}' runs its failed jobs once more"),
        (SweepAction.Resume, _) => Refused(state, "cannot be resumed"),

        // One that is cancelled twice is cancelled once; the second time goes on with what the first has left.
        (SweepAction.Cancel, SweepState.Running or SweepState.Paused or SweepState.Interrupted or SweepState.Cancelling) =>
            new(SweepState.Cancelling),
        (SweepAction.Cancel, _) => Nothing,

        (SweepAction.Retry, SweepState.Cancelling) => Refused(state, "cannot be retried yet"),
        (SweepAction.Retry, _) => new(SweepState.Running),

        (SweepAction.Set, _) => new(state),

        _ => throw new ArgumentOutOfRangeException(nameof(action), action, null),
    };

    private static SweepMove Refused(SweepState state, string what, string instead = "'sweep status {0}' shows where it stands") =>
        new(null, $"sweep {{0}} is {AdaptClusterJson.Name(state)} and {what}; {instead}.");
}
