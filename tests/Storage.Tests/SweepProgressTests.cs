using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using CsCheck;

namespace AdaptCluster.Storage.Tests;

/// <summary>The time left is told by the work left, whatever has happened to the jobs before.</summary>
public sealed class SweepProgressTests
{
    private const int Epochs = 5;

    private static readonly SweepPlan Plan = KnownMethods.Plan(new FixedCatalog(("dtd", 47), ("pets", 37)),
        $$"""{"seeds": [1, 2], "datasets": ["dtd", "pets"], "train": {"epochs": {{Epochs}}, "adapt": {"pruneWarmupEpochs": 1, "prunePeriod": 5} }, "arms": [{"method": "zero-shot"}, {"method": "coop"}, {"method": "adapt", "tTarget": [128, 64]}]}""");

    [Fact]
    public void What_is_done_given_up_and_left_is_that_of_the_jobs_after_any_history()
    {
        var step = Gen.Select(Gen.Int[0, Plan.JobCount - 1], Gen.Int[0, 9]);
        step.Array[0, 200].Sample(steps =>
        {
            var progress = new SweepProgress(PlannedWork.Of(Plan),
                Enumerable.Range(0, Plan.Groups.Length).Select(group => new GroupCount(group, JobState.Queued, Plan.Seeds.Length, 0, 0)));
            var (jobs, now) = (new Job[Plan.JobCount], DateTimeOffset.UnixEpoch);
            foreach (var (index, what) in steps)
            {
                var (position, job) = (new JobPosition(index), jobs[index]);
                if (job.GivenUp || Plan.Group(position).Definition.Epochs == 0) continue;
                now += TimeSpan.FromSeconds(1);
                if (what == 0)
                {
                    progress.GiveUp(position, job.Epoch);
                    jobs[index] = job with { GivenUp = true };
                }
                else if (what == 1)
                {
                    progress.Forget(position, job.Epoch);
                    jobs[index] = new Job();
                }
                else if (job.Epoch < Epochs)
                {
                    progress.Add(position, now);
                    jobs[index] = job with { Epoch = job.Epoch + 1 };
                }
            }

            var pace = progress.Pace;
            Assert.Equal(jobs.Select((job, position) => job.Epoch * Iterations(position)).Sum(), pace.Done);
            Assert.Equal(jobs.Select((job, position) => job.GivenUp ? (Epochs - job.Epoch) * Iterations(position) : 0).Sum(), pace.GivenUp);
            if (pace.Cost is { } cost)
            {
                var left = jobs.Select((job, position) => job.GivenUp || Iterations(position) == 0 ? 0
                    : (Epochs - job.Epoch) * Plan.Group(new(position)).Cost / Epochs).Sum();
                Assert.Equal(left, cost.Left, 1e-6 * Plan.Groups.Sum(group => group.Cost));
                Assert.True(cost.Spent >= -1e-6 * left);
            }
        }, iter: 300);
    }

    [Fact]
    public void Giving_up_a_job_takes_its_work_from_the_time_left_and_makes_nobody_faster()
    {
        var progress = new SweepProgress(PlannedWork.Of(Plan),
            Enumerable.Range(0, Plan.Groups.Length).Select(group => new GroupCount(group, JobState.Queued, Plan.Seeds.Length, 0, 0)));
        var now = DateTimeOffset.UnixEpoch;
        var trained = Plan.Positions.Where(position => Plan.Group(position).Definition.Epochs > 0).ToArray();
        for (var i = 0; i < Epochs; i++) progress.Add(trained[0], now += TimeSpan.FromSeconds(1));
        var (before, spent) = (progress.Pace.Remaining(now)!.Value, progress.Pace.Cost!.Value.Spent);

        progress.GiveUp(trained[^1], 0);

        var share = Plan.Group(trained[^1]).Cost / spent * (Epochs - 1);
        Assert.Equal((before - TimeSpan.FromSeconds(share)).TotalSeconds, progress.Pace.Remaining(now)!.Value.TotalSeconds, 6);
        Assert.Equal(spent, progress.Pace.Cost!.Value.Spent, 1e-6 * spent);
    }

    [Fact]
    public void A_job_that_only_evaluates_leaves_the_total_as_it_does_when_the_store_is_read_again()
    {
        GroupCount Queued(int group) => new(group, JobState.Queued, Plan.Seeds.Length, 0, 0);
        var groups = Enumerable.Range(0, Plan.Groups.Length).ToArray();
        var progress = new SweepProgress(PlannedWork.Of(Plan), groups.Select(Queued));
        var evaluated = Plan.Positions.Last();
        var whole = progress.Pace.Total;

        progress.Skip(evaluated, 0);

        Assert.Equal(whole - Plan.Group(evaluated).Iterations, progress.Pace.Total);
        var reread = new SweepProgress(PlannedWork.Of(Plan),
        [
            .. groups[..^1].Select(Queued), new(groups[^1], JobState.Queued, Plan.Seeds.Length - 1, 0, 0),
            new(groups[^1], JobState.Completed, 1, 0, 0, Evaluated: 1),
        ]);
        Assert.Equal(progress.Pace.Total, reread.Pace.Total);
    }

    [Fact]
    public void The_speeds_of_the_workers_add_up_to_that_of_the_sweep()
    {
        var progress = new SweepProgress(PlannedWork.Of(Plan),
            Enumerable.Range(0, Plan.Groups.Length).Select(group => new GroupCount(group, JobState.Queued, Plan.Seeds.Length, 0, 0)));
        var now = DateTimeOffset.UnixEpoch;
        var trained = Plan.Positions.Where(position => Plan.Group(position).Definition.Epochs > 0).Take(3).ToArray();
        for (var epoch = 0; epoch < Epochs; epoch++)
            foreach (var (index, position) in trained.Index())
                progress.Add(position, now += TimeSpan.FromSeconds(7), index == 0 ? "a" : "b");
        var sweep = new SweepEntity
        {
            Id = "s-00000000",
            Cluster = "",
            Name = "s",
            State = SweepState.Running,
            SubmittedMs = 0,
            Ordinal = 1,
            Priority = 0,
            Parallel = 0,
            Pool = "",
            TotalJobs = Plan.JobCount,
            SpecJson = "",
            PlanFormat = 1,
            PlanJson = "",
        };

        var status = progress.Status(sweep, [], [], now);

        Assert.Equal(["a", "b"], status.Paces.Select(pace => pace.Worker));
        Assert.All(status.Paces, pace => Assert.True(pace.IterationsPerSecond > 0));
        Assert.Equal(status.IterationsPerSecond!.Value, status.Paces.Sum(pace => pace.IterationsPerSecond), 9);
    }

    private static long Iterations(int position) => Plan.Group(new(position)).Iterations / Epochs;

    private readonly record struct Job(int Epoch, bool GivenUp);
}
