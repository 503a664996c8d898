using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Runs;

/// <summary>
/// Estimates when a job's epochs ended. The store has the start and end of each attempt and the duration of each epoch. An epoch's end is
/// its attempt's start plus the durations of the attempt's epochs so far, but at most the attempt's end. The time before an attempt's first
/// epoch is unknown, so estimates may be early by that much.
/// </summary>
/// <param name="attempts">The attempts that produced the epochs.</param>
/// <param name="otherwise">The start time to use for a job without attempts.</param>
internal sealed class RunTimes(JobAttempt[] attempts, DateTimeOffset otherwise)
{
    /// <summary>The start of the first attempt.</summary>
    public DateTimeOffset Started => attempts.Length > 0 ? attempts[0].Started : otherwise;

    /// <summary>The end of the last attempt; null while it runs, or if there are no attempts.</summary>
    public DateTimeOffset? Ended => attempts.Length > 0 ? attempts[^1].Ended : null;

    /// <summary>Returns the estimated end of each epoch, in order.</summary>
    public DateTimeOffset[] Of(IReadOnlyList<JobEpoch> epochs)
    {
        var (times, now, number) = (new DateTimeOffset[epochs.Count], Started, default(AttemptNumber));
        for (var i = 0; i < epochs.Count; i++)
        {
            var attempt = Array.Find(attempts, one => one.Number == epochs[i].Attempt);
            if (attempt is not null && attempt.Number != number && attempt.Started > now) now = attempt.Started;
            number = epochs[i].Attempt;
            now += epochs[i].Duration;
            // An epoch's report reaches the store before its attempt ends there, however the clocks of two machines differ.
            if (attempt?.Ended is { } end && now > end) now = i > 0 && times[i - 1] > end ? times[i - 1] : end;
            times[i] = now;
        }
        return times;
    }
}
