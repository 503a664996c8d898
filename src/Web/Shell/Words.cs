using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Web.Shell;

/// <summary>Short definitions of the page's words, for tooltips. The glossary in docs/users/glossary.md has all words.</summary>
internal static class Words
{
    /// <summary>The definition of a pack.</summary>
    public const string Pack = "A pack is a group of jobs that one worker trains together in the same steps. They have the same backbone, "
        + "data set, shots and precision. The time of a step is divided equally among the jobs that it trains.";

    /// <summary>The definition of attempts and faults.</summary>
    public const string Attempts = "An attempt is one start of the job on a worker. A fault is an attempt that ended with an error which "
        + "the machine may have caused; the job is tried again, up to a limit.";

    /// <summary>The definition of a job's training time.</summary>
    public const string TrainingTime = "This job's share of the training steps and the evaluation of its pack, in the attempt that ended "
        + "with the result. Jobs with a cached result show the time of the run that produced it.";

    /// <summary>The definition of the duration of an attempt.</summary>
    public const string AttemptTime =
        "Wall-clock time from the start to the end of the attempt. The other jobs of the pack train during it too.";

    /// <summary>The definition of the time of an epoch.</summary>
    public const string EpochTime = "This job's share of the epoch's training steps, in seconds, whichever attempt trained it. Evaluation "
        + "is not part of it.";

    /// <summary>Why a control that needs the live connection is disabled.</summary>
    public const string NotLive = "Available once the page has its live connection, which needs JavaScript and WebSockets.";

    /// <summary>Returns the definition of an attempt's outcome.</summary>
    public static string Of(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Open => "The attempt has not ended.",
        AttemptOutcome.Completed => "The attempt ended with the job's result.",
        AttemptOutcome.Failed => "The attempt ended with an error.",
        AttemptOutcome.Returned => "The worker handed the job back before its end, for example because of a pause, a cancellation or the "
            + "shutdown of its silo. This is not an error. The next attempt continues from the last checkpoint.",
        AttemptOutcome.Lost => "The worker stopped responding. The next attempt continues from the last checkpoint.",
        AttemptOutcome.Unfit => "The silo lacks something that the job needs, so another silo gets the job. The attempt does not count "
            + "towards the retry limit.",
        _ => "",
    };
}
