using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage.Tests;

/// <summary>Attempts, reports and leases in the store.</summary>
public abstract partial class SweepStoreTests
{
    [Fact]
    public async Task Only_the_current_attempt_writes_and_a_result_counts_once()
    {
        var first = (await BeginAsync(0)).Assignments[0];
        Assert.Equal([JobState.Running], await ReportAsync(JobReport.EpochDone(first.Position, new(1), Samples.Epoch(1))));
        var second = (await BeginAsync(0)).Assignments[0];
        Assert.Equal((1, 2), (first.Attempt.Value, second.Attempt.Value));

        Assert.Equal([null, null, null, null], await ReportAsync(
            JobReport.EpochDone(new(0), new(1), Samples.Epoch(2)), JobReport.Completed(new(0), new(1), Samples.Result(1)),
            JobReport.Failed(new(0), new(1), new("late", true)), JobReport.Returned(new(0), new(1))));
        Assert.Equal([JobState.Completed, null], await ReportAsync(
            JobReport.Completed(new(0), new(2), Samples.Result(2)), JobReport.Failed(new(0), new(2), new("late", true))));
        Assert.DoesNotContain(new(0), (await BeginAsync(0)).Assignments.Select(job => job.Position));

        var outcome = Assert.Single(await _store.Jobs.ResultsAsync(_sweep));
        Assert.Equal((0, 2), (outcome.Position.Value, outcome.Result.TestCorrect));
        Assert.Equal([AttemptOutcome.Lost, AttemptOutcome.Completed], (await AttemptsAsync(0)).Select(attempt => attempt.Outcome));
        Assert.Equivalent(Samples.Environment, (await AttemptsAsync(0))[1].Environment);
    }

    [Fact]
    public async Task An_attempt_goes_on_from_the_last_epoch_that_was_kept_and_the_checkpoint_goes_with_the_result()
    {
        Assert.Null((await BeginAsync(0)).Assignments[0].Checkpoint);
        await ReportAsync(JobReport.EpochDone(new(0), new(1), Samples.Epoch(1)), JobReport.EpochDone(new(0), new(1), Samples.Epoch(2)));
        Assert.Equal([JobState.Running], await ReportAsync(JobReport.EpochDone(new(0), new(1), Samples.Epoch(2))));

        Assert.Equal([2], (await BeginAsync(0)).Assignments[0].Checkpoint);
        await ReportAsync(JobReport.Completed(new(0), new(2), Samples.Result(1)));
        Assert.Null((await BeginAsync(0)).Assignments[0].Checkpoint);
    }

    [Fact]
    public async Task A_lease_that_begins_its_pack_again_gets_the_same_attempts_and_loses_nothing()
    {
        var lease = LeaseId.New();
        var first = (await _store.Leases.BeginPacksAsync(_sweep, _plan, [(Start(lease, 0), "e"), (Start(lease, 0), "e")]))[0];
        for (var repeated = 1; repeated <= 10; repeated++)
        {
            var again = (await _store.Leases.BeginPacksAsync(_sweep, _plan, [(Start(lease, 0), "e")]))[0];
            Assert.Equal(first.Assignments.Select(job => (job.Position, job.Attempt)),
                again.Assignments.Select(job => (job.Position, job.Attempt)));
            Assert.Empty(again.Begun);
        }

        Assert.Equal([new(0), new(2)], first.Begun);
        Assert.Empty(await AttemptsAsync(0).ContinueWith(
            attempts => attempts.Result.Where(attempt => attempt.Outcome != AttemptOutcome.Open), TaskScheduler.Default));
        Assert.All(await _store.Jobs.JobsAsync(_sweep, JobState.Running, 10), job => Assert.Equal((1, 0), (job.Attempt, job.Losses)));
    }

    [Fact]
    public async Task A_second_lease_gets_nothing_of_what_another_has_begun()
    {
        await _store.Leases.BeginPacksAsync(_sweep, _plan, [(Start(LeaseId.New(), 0), "e")]);

        var second = (await _store.Leases.BeginPacksAsync(_sweep, _plan, [(Start(LeaseId.New(), 0), "e")]))[0];

        Assert.Empty(second.Assignments);
        Assert.All(await _store.Jobs.JobsAsync(_sweep, JobState.Running, 10), job => Assert.Equal((1, 0), (job.Attempt, job.Losses)));
    }

    [Fact]
    public async Task Leases_that_divide_a_pack_get_whole_parts_seed_by_seed_and_every_job_once()
    {
        // Zero-shot, and two T_targets that share their beginning, for three seeds in one pack: six parts.
        var plan =
            Plan("""{"name": "divided", "datasets": ["dtd"], "seeds": [1, 2, 3], "arms": [{"method": "zero-shot"}, {"method": "adapt", "tTarget": [128, 64]}]}""") with
            {
                SeedsPerPack = 3,
            };
        var id = JobIdentity.Of(plan);
        await _store.Submissions.CreateAsync(id, plan, new SubmitOptions());
        Assert.Equal(6, Assert.Single(await _store.Leases.UnfinishedPacksAsync(id, plan)).Parts);

        var begun = await _store.Leases.BeginPacksAsync(id, plan,
            [.. Enumerable.Range(0, 4).Select(_ => (Start(LeaseId.New(), 0, parts: 2), "e"))]);

        // A position is group × seeds + seed.
        Assert.Equal([[0, 3, 6], [1, 4, 7], [2, 5, 8], []],
            begun.Select(pack => pack.Assignments.Select(job => job.Position.Value).ToArray()));
        Assert.Equal([true, true, false, false], begun.Select(pack => pack.MoreWait));
    }

    [Fact]
    public async Task A_lease_gets_no_more_checkpoints_than_a_message_carries()
    {
        await BeginAsync(0);
        var large = new byte[JobAssignment.MaxCheckpointBytes / 2 + 1];
        await ReportAsync(JobReport.Returned(new(0), new(1), large), JobReport.Returned(new(2), new(1), large));

        var first = await BeginAsync(0, parts: 2);

        Assert.True(first.MoreWait);
        Assert.Equal([new(0)], first.Assignments.Select(job => job.Position));
        Assert.Equal(large.Length, first.Assignments[0].Checkpoint!.Length);
    }

    [Fact]
    public async Task Of_two_attempts_in_one_transaction_only_the_current_one_is_accepted()
    {
        await BeginAsync(0);
        await BeginAsync(0);

        var answers = await _store.Attempts.ApplyAsync(_sweep,
            [JobReport.Completed(new(0), new(1), Samples.Result(1)), JobReport.Completed(new(2), new(1), Samples.Result(1)),
                JobReport.Completed(new(0), new(2), Samples.Result(2)),
                JobReport.Completed(new(2), new(2), Samples.Result(2))], JobState.Queued);

        Assert.Equal([false, false, true, true], answers.Select(answer => answer.IsAccepted));
        Assert.Equal([2, 2], (await _store.Jobs.ResultsAsync(_sweep)).Select(outcome => outcome.Result.TestCorrect));
        Assert.Null(await _store.Sweeps.EndSweepAsync(_sweep));
        Assert.Equal(2, (await _store.Jobs.JobsAsync(_sweep, JobState.Queued, 10)).Count);
    }

    [Fact]
    public async Task A_report_that_is_sent_again_is_accepted_again_and_changes_nothing()
    {
        await BeginAsync(0);
        JobReport[] reports =
        [
            JobReport.EpochDone(new(0), new(1), Samples.Epoch(1)), JobReport.EpochDone(new(0), new(1), Samples.Epoch(2)),
            JobReport.Completed(new(0), new(1), Samples.Result(5)),
            JobReport.Failed(new(2), new(1), new("unlucky", Retry: true)),
        ];
        await ReportAsync(reports);
        var before = await _store.Jobs.JobsFromAsync(_sweep, new(0), 10);

        for (var repeated = 1; repeated <= 10; repeated++)
            Assert.All(await _store.Attempts.ApplyAsync(_sweep, reports, JobState.Queued), answer =>
                Assert.True(answer is { IsAccepted: true, IsRepeated: true, State: null }));

        Assert.Equivalent(before, await _store.Jobs.JobsFromAsync(_sweep, new(0), 10), strict: true);
        await BeginAsync(0);
        Assert.False((await _store.Attempts.ApplyAsync(
            _sweep, [JobReport.Completed(new(2), new(1), Samples.Result(9))], JobState.Queued))[0].IsAccepted);
    }

    [Fact]
    public async Task A_silo_that_cannot_run_a_job_costs_it_no_try()
    {
        for (var attempt = 1; attempt <= 10; attempt++)
        {
            await BeginAsync(0);
            Assert.Equal([JobState.Queued, JobState.Queued],
                await ReportAsync(JobReport.Failed(new(0), new(attempt), new("no such folder", Retry: true, Unfit: true)),
                JobReport.Returned(new(2), new(attempt))));
        }
        Assert.All(await _store.Jobs.JobsAsync(_sweep, JobState.Queued, 10), job => Assert.Equal((0, 0), (job.Faults, job.Losses)));
        Assert.Equal((AttemptOutcome.Unfit, "no such folder"), ((await AttemptsAsync(0))[^1].Outcome, (await AttemptsAsync(0))[^1].Fault));
    }

    [Fact]
    public async Task An_error_text_that_no_database_takes_is_made_one_that_it_takes()
    {
        await BeginAsync(0);
        Assert.Equal([JobState.Failed], await ReportAsync(
            JobReport.Failed(new(0), new(1), new($"bad\0byte {new string('x', 10_000)}", Retry: false))));
        Assert.StartsWith("bad\uFFFDbyte x", (await _store.Jobs.JobsAsync(_sweep, JobState.Failed, 1))[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_text_that_is_cut_within_a_character_is_kept()
    {
        await BeginAsync(0);
        Assert.Equal([JobState.Failed], await ReportAsync(
            JobReport.Failed(new(0), new(1), new($"x{string.Concat(Enumerable.Repeat("\U0001F452", 5000))}\uD83D", Retry: false))));
        Assert.StartsWith("x\U0001F452", (await _store.Jobs.JobsAsync(_sweep, JobState.Failed, 1))[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_that_goes_on_behind_the_last_epoch_of_the_one_before_is_accepted()
    {
        await BeginAsync(0);
        // An outage held these up; only the last of them brings its state, and the worker dies before it comes.
        await ReportAsync([.. Enumerable.Range(1, 3).Select(epoch => JobReport.EpochDone(new(0), new(1), Samples.Epoch(epoch) with
        {
            Checkpoint = [],
        }))]);
        await ReportAsync(JobReport.Returned(new(0), new(1)));
        await BeginAsync(0);

        Assert.Equal([JobState.Running], await ReportAsync(JobReport.EpochDone(new(0), new(2), Samples.Epoch(1))));
        Assert.Equal([JobState.Running], await ReportAsync(JobReport.EpochDone(new(0), new(2), Samples.Epoch(2))));
        Assert.Equal(new ReportOutcome(null, IsRepeated: true),
            (await _store.Attempts.ApplyAsync(_sweep, [JobReport.EpochDone(new(0), new(2), Samples.Epoch(1))], JobState.Queued))[0]);

        Assert.Equal(2, (await _store.Jobs.JobsFromAsync(_sweep, new(0), 1))[0].Epoch);
        Assert.Equal([JobState.Running, JobState.Completed],
            await ReportAsync(
                JobReport.EpochDone(new(0), new(2), Samples.Epoch(3)), JobReport.Completed(new(0), new(2), Samples.Result(5))));
    }

    [Fact]
    public async Task Of_epochs_that_are_sent_together_the_last_one_brings_the_state()
    {
        await BeginAsync(0);
        await ReportAsync(
            JobReport.EpochDone(new(0), new(1), Samples.Epoch(1)),
            JobReport.EpochDone(new(0), new(1), Samples.Epoch(2) with { Checkpoint = [] }));
        Assert.Equal([1], (await _store.Leases.CheckpointsAsync(_sweep, [new(0)]))[new(0)]);
        await ReportAsync(
            JobReport.EpochDone(new(0), new(1), Samples.Epoch(3) with { Checkpoint = [] }),
            JobReport.EpochDone(new(0), new(1), Samples.Epoch(4)));
        Assert.Equal([4], (await _store.Leases.CheckpointsAsync(_sweep, [new(0)]))[new(0)]);
    }

    [Fact]
    public async Task A_job_that_is_handed_back_within_an_epoch_goes_on_from_the_state_that_came_with_it()
    {
        await BeginAsync(0);
        await ReportAsync(JobReport.Returned(new(0), new(1), [7]));
        Assert.Equal([7], (await BeginAsync(0)).Assignments[0].Checkpoint);
        await ReportAsync(JobReport.EpochDone(new(0), new(2), Samples.Epoch(1)), JobReport.Returned(new(0), new(2)));
        Assert.Equal([1], (await BeginAsync(0)).Assignments[0].Checkpoint);
        Assert.Equal([null], await ReportAsync(JobReport.Returned(new(0), new(2), [8])));
        Assert.Equal([JobState.Queued], await ReportAsync(JobReport.Returned(new(0), new(3))));
        Assert.Equal([1], (await BeginAsync(0)).Assignments[0].Checkpoint);
    }

    [Fact]
    public async Task A_job_whose_checkpoint_cannot_be_used_starts_anew_and_its_epochs_count_again()
    {
        await BeginAsync(0);
        await ReportAsync(JobReport.EpochDone(new(0), new(1), Samples.Epoch(1)), JobReport.EpochDone(new(0), new(1), Samples.Epoch(2)));
        await BeginAsync(0);
        Assert.Equal([JobState.Queued],
            await ReportAsync(JobReport.Failed(new(0), new(2), new("damaged", Retry: true, DropCheckpoint: true))));

        Assert.Null((await BeginAsync(0)).Assignments[0].Checkpoint);
        Assert.Equal([JobState.Running], await ReportAsync(JobReport.EpochDone(new(0), new(3), Samples.Epoch(1))));
    }

    [Fact]
    public async Task Masks_that_grow_from_one_epoch_to_the_next_are_remembered()
    {
        await BeginAsync(0);
        await ReportAsync(JobReport.EpochDone(new(0), new(1), Samples.Epoch(1)), JobReport.EpochDone(new(0), new(1), Samples.Epoch(2) with
        {
            TextContextTokens = 3,
        }));
        Assert.Empty(await _store.Jobs.FlaggedAsync(_sweep, 10));
        await ReportAsync(JobReport.EpochDone(new(0), new(1), Samples.Epoch(3)));
        Assert.Equal([new(0)], await _store.Jobs.FlaggedAsync(_sweep, 10));
    }

    [Fact]
    public async Task A_job_is_set_aside_after_three_errors_and_at_once_after_one_of_its_own()
    {
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await BeginAsync(0);
            Assert.Equal([attempt < 3 ? JobState.Queued : JobState.Failed],
                await ReportAsync(JobReport.Failed(new(0), new(attempt), new($"error {attempt}", Retry: true))));
            if (attempt < 3) await ReportAsync(JobReport.Returned(new(2), new(attempt)));
        }
        Assert.Equal([JobState.Failed], await ReportAsync(JobReport.Failed(new(2), new(3), new("diverged", Retry: false))));

        Assert.Equal(["error 3", "diverged"], (await _store.Jobs.JobsAsync(_sweep, JobState.Failed, 10)).Select(job => job.Error));
        Assert.Equal(["error 1", "error 2", "error 3"], (await AttemptsAsync(0)).Select(attempt => attempt.Fault));
        Assert.Equal(2, await _store.Jobs.MoveJobsAsync(_sweep, [JobState.Failed], JobState.Queued));
        Assert.Equal(new(4), (await BeginAsync(0)).Assignments[0].Attempt);
    }

    [Fact]
    public async Task Jobs_that_take_their_workers_down_are_handed_out_alone_and_then_given_up_while_their_neighbours_finish()
    {
        const int poisonous = 2;
        for (var lease = 0; lease < 20; lease++)
        {
            var begun = await BeginAsync(0);
            if (begun.Assignments.Length == 0) break;
            // A worker runs the jobs in order and dies at the poisonous one, before it has reported what came before in the same breath.
            if (begun.Assignments.All(job => job.Position.Value != poisonous))
                await ReportAsync(
                    [.. begun.Assignments.Select(job => JobReport.Completed(job.Position, job.Attempt, Samples.Result(1)))]);
        }

        var failed = Assert.Single(await _store.Jobs.JobsAsync(_sweep, JobState.Failed, 10));
        Assert.Equal((poisonous, "its worker was lost 6 times in a row before an epoch ended"), (failed.Position, failed.Error));
        Assert.Equal([new(0)], (await _store.Jobs.ResultsAsync(_sweep)).Select(outcome => outcome.Position));
    }

    [Fact]
    public async Task An_epoch_of_progress_forgives_lost_workers()
    {
        for (var attempt = 1; attempt <= 20; attempt++)
        {
            var begun = await BeginAsync(0);
            await ReportAsync(
                [.. begun.Assignments.Select(job => JobReport.EpochDone(job.Position, job.Attempt, Samples.Epoch(attempt)))]);
        }
        Assert.Empty(await _store.Jobs.JobsAsync(_sweep, JobState.Failed, 10));
    }

    [Fact]
    public async Task A_lease_that_is_lost_gives_back_what_it_had_open_and_nothing_that_another_has_begun()
    {
        var lease = LeaseId.New();
        await BeginAsync(0, lease);
        await BeginAsync(1);

        Assert.Equal([new(0), new(2)],
            (await _store.Leases.EndLeasesAsync(_sweep, _plan, [new(new(0), lease)], JobState.Cancelled)).Lost.Order());
        Assert.Empty(
            (await _store.Leases.EndLeasesAsync(_sweep, _plan, [new(new(0), lease), new(new(1), lease)], JobState.Cancelled)).Lost);
        Assert.Equal([0, 2], (await _store.Jobs.JobsAsync(_sweep, JobState.Cancelled, 10)).Select(job => job.Position));
        Assert.Equal([1, 3], (await _store.Jobs.JobsAsync(_sweep, JobState.Running, 10)).Select(job => job.Position));
    }

    [Fact]
    public async Task What_a_lease_has_begun_without_its_worker_is_returned_and_counts_as_no_loss()
    {
        for (var time = 1; time <= 20; time++)
        {
            var lease = LeaseId.New();
            await _store.Leases.BeginPacksAsync(_sweep, _plan, [(Start(lease, 0), "e")]);
            var ended = await _store.Leases.EndLeasesAsync(_sweep, _plan, [new(new(0), lease, Unbegun: true)], JobState.Queued);
            Assert.Equal([new(0), new(2)], ended.Returned.Order());
        }

        Assert.Empty(await _store.Jobs.JobsAsync(_sweep, JobState.Failed, 10));
        Assert.Equal(Enumerable.Repeat(AttemptOutcome.Returned, 20), (await AttemptsAsync(0)).Select(attempt => attempt.Outcome));
    }

    [Fact]
    public async Task The_queue_hears_which_lease_was_last_known_to_hold_a_pack()
    {
        var lease = LeaseId.New();
        await BeginAsync(1, lease);

        var packs = await _store.Leases.UnfinishedPacksAsync(_sweep, _plan);
        Assert.Equal([(0, null), (1, lease)], packs.OrderBy(pack => pack.Pack).Select(pack => (pack.Pack.Value, pack.Lease)));
    }
}
