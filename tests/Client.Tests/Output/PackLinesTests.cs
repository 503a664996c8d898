using AdaptCluster.Client.Output;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.Extensions.Time.Testing;

namespace AdaptCluster.Client.Tests.Output;

public sealed class PackLinesTests
{
    private static readonly string[] Arms = ["adapt snip T=24", "adapt snip T=12", "lamm", "coop"];
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_pack_is_named_by_what_its_jobs_share_and_lists_what_they_differ_in() =>
        Assert.Equal("adapt snip T=24,12 · tiny-kinds · seeds 1-2 (4 jobs)",
            PackLines.Name([Job("adapt snip T=12", 1), Job("adapt snip T=24", 1), Job("adapt snip T=24", 2), Job("adapt snip T=12", 2)]));

    [Fact]
    public void Arms_of_different_methods_and_seeds_with_gaps_are_counted() =>
        Assert.Equal("2 arms · tiny-kinds · 2 seeds (2 jobs)", PackLines.Name([Job("adapt snip T=24", 1), Job("lamm", 5)]));

    [Fact]
    public void Settings_that_tell_jobs_apart_are_shown_where_the_whole_pack_has_them()
    {
        Assert.Equal("coop (shots=4) · tiny-kinds · seeds 1-2 (2 jobs)",
            PackLines.Name([Job("coop (shots=4)", 1), Job("coop (shots=4)", 2)]));
        Assert.Equal("adapt snip T=24,12 · tiny-kinds · seed 1 (3 jobs)",
            PackLines.Name([
                Job("adapt snip T=24 (shots=1)", 1), Job("adapt snip T=12 (shots=1)", 1), Job("adapt snip T=12 (shots=4)", 1)]));
    }

    [Fact]
    public void One_job_is_named_as_it_is() => Assert.Equal("lamm · tiny-kinds · seed 3", PackLines.Name([Job("lamm", 3)]));

    [Fact]
    public void The_rate_counts_the_iterations_of_all_jobs_since_the_pack_was_seen_and_is_not_told_before_an_epoch_has_ended()
    {
        var lines = new PackLines(_time);

        var first = Assert.Single(lines.Of(Status(Job("lamm", 1, epoch: 2), Job("lamm", 2, epoch: 2)), 120));
        _time.Advance(TimeSpan.FromSeconds(4));
        var still = Assert.Single(lines.Of(Status(Job("lamm", 1, epoch: 2), Job("lamm", 2, epoch: 2)), 120));
        var later = Assert.Single(lines.Of(Status(Job("lamm", 1, epoch: 4), Job("lamm", 2, epoch: 5)), 120));

        Assert.EndsWith("epoch 2/20", first, StringComparison.Ordinal);
        Assert.EndsWith("epoch 2/20", still, StringComparison.Ordinal);
        // 2 + 3 epochs of 40 iterations in 4 seconds.
        Assert.EndsWith("epoch 4-5/20 · 50 it/s", later, StringComparison.Ordinal);
    }

    [Fact]
    public void The_silos_own_meter_counts_so_that_the_packs_add_up_to_the_sweep()
    {
        var status = Status(Job("lamm", 1, epoch: 2) with { Worker = "lab/cpu:1" }, Job("coop", 1, epoch: 2) with
        {
            Worker = "lab/cpu:2",
        }) with
        {
            IterationsPerSecond = 90,
            Paces = [new("lab/cpu:1", 60), new("lab/cpu:2", 30)],
        };

        var lines = new PackLines(_time).Of(status, 120).ToArray();

        Assert.EndsWith("epoch 2/20 · 60 it/s", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("epoch 2/20 · 30 it/s", lines[1], StringComparison.Ordinal);
        Assert.Contains("90 it/s", ProgressText.Line(status), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pack_that_begins_anew_on_the_same_worker_is_measured_anew()
    {
        var lines = new PackLines(_time);
        _ = lines.Of(Status(Job("lamm", 1, epoch: 19)), 120).ToArray();
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.EndsWith("epoch 1/20", Assert.Single(lines.Of(Status(Job("coop", 1, epoch: 1)), 120)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_silo_is_named_where_there_are_several_and_what_is_not_shown_is_counted()
    {
        var one = new PackLines(_time)
            .Of(Status(Job("lamm", 1) with { Worker = "lab-1/cuda:0" }, Job("coop", 1) with { Worker = "lab-1/cuda:1" }), 120).ToArray();
        var two = new PackLines(_time).Of(Status(Job("lamm", 1) with { Worker = "lab-1/cuda:0" },
            Job("coop", 1) with { Worker = "lab-2/cuda:0" }) with
        { RunningJobs = 5 }, 120).ToArray();

        Assert.StartsWith("  cuda:0  lamm · tiny-kinds · seed 1 ", one[0], StringComparison.Ordinal);
        Assert.StartsWith("  lab-2/cuda:0  coop", two[1], StringComparison.Ordinal);
        Assert.Equal("  … and 3 more jobs", two[2]);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(160)]
    public void A_line_fits_the_terminal_and_its_numbers_stay_whole(int width)
    {
        var line = PackLines.Fit("adapt gradient-norm T=128,64,32 · oxford-flowers · seeds 1-3 (9 jobs)", "epoch 3/100 · 212 it/s", width);

        Assert.True(line.Length <= width, line);
        Assert.EndsWith("epoch 3/100 · 212 it/s", line, StringComparison.Ordinal);
    }

    private static JobStatus Job(string arm, int seed, int epoch = 0) => new()
    {
        Id = new JobId($"{Array.IndexOf(Arms, arm):x8}{seed:x8}"),
        Description = $"{arm} · tiny-kinds · seed {seed}",
        State = JobState.Running,
        Attempt = new(1),
        Epoch = epoch,
        Epochs = 20,
        Iterations = 800,
        Worker = "cpu:0",
    };

    internal static SweepStatus Status(params JobStatus[] running) => new()
    {
        Summary = new()
        {
            Id = "s",
            Name = "s",
            State = SweepState.Running,
            Submitted = default,
            Jobs = new() { Total = 2, Completed = 0, Failed = 0, Cached = 0 },
        },
        Iterations = 1600,
        IterationsDone = 0,
        Running = running,
        Failed = [],
        Pool = "default",
    };
}
