using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Runs;

/// <summary>
/// When a job's epochs ended. The store has the beginning and the end of each attempt and how long each epoch took: an epoch ends as long
/// after its attempt's beginning as the attempt's epochs so far took, and not after the attempt. What an attempt did before its first epoch
/// is not known, so times may be early by that.
/// </summary>
/// <param name="attempts">The attempts that gave the epochs.</param>
/// <param name="otherwise">When the job began, where the store does not know.</param>
internal sealed class RunTimes(JobAttempt[] attempts, DateTimeOffset otherwise)
{
    /// <summary>When the first attempt began.</summary>
    public DateTimeOffset Started => attempts.Length > 0 ? attempts[0].Started : otherwise;

    /// <summary>When the last attempt ended; null while it runs, and where there is none.</summary>
    public DateTimeOffset? Ended => attempts.Length > 0 ? attempts[^1].Ended : null;

    /// <summary>The ends of epochs, in their order.</summary>
    public DateTimeOffset[] Of(IReadOnlyList<JobEpoch> epochs)
    {
        var (times, now, number) = (new DateTimeOffset[epochs.Count], Started, default(AttemptNumber));
        for (var i = 0; i < epochs.Count; i++)
        {
            var attempt = Array.Find(attempts, one => one.Number == epochs[i].Attempt);
            if (attempt is not null && attempt.Number != number && attempt.Started > now) now = attempt.Started;
            number = epochs[i].Attempt;
            now += epochs[i].Duration;
            // An epoch's report reaches the store before its attempt ends there, whatever the clocks of two machines say.
            if (attempt?.Ended is { } end && now > end) now = i > 0 && times[i - 1] > end ? times[i - 1] : end;
            times[i] = now;
        }
        return times;
    }
}
