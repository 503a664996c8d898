using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Storage;
using Microsoft.Extensions.Options;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// Refuses changes that would exceed a person's or group's limit on unfinished jobs or on priority. The limits are checked when jobs are
/// queued. Two simultaneous submissions can both pass and together exceed a limit.
/// </summary>
internal sealed class JobQuota(IOptions<QuotaOptions> options, SweepStore store)
{
    private QuotaOptions Options => options.Value;

    /// <summary>Checks that a submission stays within all limits on unfinished jobs.</summary>
    /// <param name="submitted">The submission's options, including the submitter.</param>
    /// <param name="id">The sweep's id; the sweep may already exist.</param>
    /// <param name="plan">The sweep's plan.</param>
    /// <exception cref="InvalidInputException">The jobs would exceed a limit.</exception>
    public async Task CheckAsync(SubmitOptions submitted, SweepId id, SweepPlan plan)
    {
        if (!LimitsJobs) return;
        var known = await store.Sweeps.FindAsync(id);
        var done = known is not null ? (await store.Jobs.CountAsync(id)).GetValueOrDefault(JobState.Completed)
            : submitted.UseCache ? await store.Cache.CountCachedAsync(plan) : 0;
        await CheckJobsAsync(known is null ? submitted.SubmittedBy : known.Sweep.SubmittedBy, id, plan.JobCount - done);
    }

    /// <summary>Checks a sweep that replaces another sweep. The jobs of the replaced sweep are not counted.</summary>
    /// <param name="submittedBy">The person who submitted the replaced sweep.</param>
    /// <param name="id">The replaced sweep's id.</param>
    /// <param name="plan">The new sweep's plan.</param>
    /// <exception cref="InvalidInputException">The jobs would exceed a limit.</exception>
    public Task CheckReplacementAsync(string? submittedBy, SweepId id, SweepPlan plan) =>
        LimitsJobs ? CheckJobsAsync(submittedBy, id, plan.JobCount) : Task.CompletedTask;

    /// <summary>Checks the jobs that a sweep will queue again.</summary>
    /// <param name="copy">The sweep.</param>
    /// <param name="again">The states of the jobs to queue again.</param>
    /// <exception cref="InvalidInputException">The jobs would exceed a limit.</exception>
    public async Task CheckAsync(SweepCopy copy, params JobState[] again)
    {
        var more = again.Sum(copy.Progress.Count);
        if (more > 0 && LimitsJobs)
            await CheckJobsAsync(copy.Sweep.SubmittedBy, new(copy.Sweep.Id), copy.Progress.Open + more);
    }

    /// <summary>Checks that a priority is within the submitter's limit.</summary>
    /// <param name="submittedBy">The person who submitted the sweep.</param>
    /// <param name="priority">The priority; null if none is specified.</param>
    /// <exception cref="InvalidInputException">The priority is too high.</exception>
    public void CheckPriority(string? submittedBy, int? priority)
    {
        var person = QuotaOptions.NameOf(submittedBy);
        var most = Options.GroupsOf(person).Max(group => group.Limits.Priority) ?? Options.Person.Priority;
        if (priority > most)
            throw new InvalidInputException(
                $"--priority: found {priority}; the highest priority for sweeps of '{person}' is {most} (Quota:Priority); "
                + $"write {most} or less.");
    }

    private bool LimitsJobs => Options.Person.Jobs is not null || Options.Groups.Any(group => group.Limits.Jobs is not null);

    private async Task CheckJobsAsync(string? submittedBy, SweepId id, int jobs)
    {
        if (jobs <= 0) return;
        var person = QuotaOptions.NameOf(submittedBy);
        var unfinished = (await store.Jobs.UnfinishedByPersonAsync(id))
            .GroupBy(some => QuotaOptions.NameOf(some.SubmittedBy)).ToDictionary(some => some.Key, some => some.Sum(one => one.Jobs));
        Check($"'{person}' has", "one person", "Quota:Jobs", Options.Person.Jobs, [person]);
        foreach (var group in Options.GroupsOf(person))
            Check($"the members of group '{group.Name}' have", "them", $"Quota:Groups:{group.Name}:Jobs", group.Limits.Jobs, group.Members);

        void Check(string who, string whom, string setting, int? most, IEnumerable<string> members)
        {
            var others = members.Sum(member => unfinished.GetValueOrDefault(member));
            if (others + jobs <= most || most is null) return;
            throw new InvalidInputException(
                $"{who} {CountText.Of(others, "unfinished job")} in other sweeps, and {CountText.Of(jobs, "job")} of {id} would be "
                + $"added, but the limit for {whom} is {most} ({setting}). Wait until some have ended, cancel a sweep, or "
                + "submit fewer seeds, data sets or arms at once.");
        }
    }
}
