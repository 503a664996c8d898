using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Sweeps.Tests.Reports;

/// <summary>Failed jobs by their causes.</summary>
public sealed class FailureCauseTests
{
    [Fact]
    public void Jobs_with_one_error_are_one_cause_and_the_cause_of_most_jobs_comes_first()
    {
        var causes = FailureCause.Of([Job("disk full"), Job("image a.jpg changed"), Job("image a.jpg changed")]);

        Assert.Equal([("image a.jpg changed", 2), ("disk full", 1)], causes.Select(cause => (cause.Text, cause.Jobs.Count)));
    }

    [Theory]
    [InlineData("the loss is infinite at iteration 24 of 96", "the loss is infinite at iteration 7 of 96", 1)]
    [InlineData("image data/5e6f47.jpg changed", "image data/5e6f48.jpg changed", 1)]
    [InlineData("cannot read 'data/a.jpg': 4 of 9 bytes", "cannot read 'data/more/b.jpg': 7 of 9 bytes", 1)]
    [InlineData("image data/a.jpg changed", "image data/a.jpg is damaged", 2)]
    [InlineData("float32/float16 differ", "24/96 differ", 2)]
    [InlineData("image img_1.jpg changed", "image img_2.jpg changed", 2)]
    public void Errors_that_differ_only_in_paths_or_numbers_are_one_cause(string one, string other, int causes) =>
        Assert.Equal(causes, FailureCause.Of([Job(one), Job(other)]).Count);

    [Fact]
    public void A_cause_names_the_folder_that_its_files_share_and_the_files()
    {
        var cause = Assert.Single(FailureCause.Of(((string[])["train/dress/1.jpg", "train/dress/2.jpg", "train/coat/1.jpg",
            "train/dress/1.jpg"]).Select(file => Job($"/data/clothes/{file} has changed; restore it (model m/a.bin)."))));

        Assert.Equal("/data/clothes/train", cause.Paths?.Folder);
        Assert.Equal(["dress/1.jpg", "dress/2.jpg", "coat/1.jpg"], cause.Paths?.Names);
        Assert.Equal("/data/clothes/train/… has changed; restore it (model m/a.bin).", cause.Summary);
    }

    [Fact]
    public void A_cause_with_one_file_keeps_its_message_and_one_without_files_has_none()
    {
        var one = Assert.Single(FailureCause.Of([Job("bad header in data/a.jpg."), Job("bad header in data/a.jpg.")]));
        var none = Assert.Single(FailureCause.Of([Job("diverged at iteration 4/96")]));

        Assert.Equal(("data", "a.jpg", one.Text), (one.Paths?.Folder, Assert.Single(one.Paths!.Names), one.Summary));
        Assert.Equal((null, none.Text), (none.Paths, none.Summary));
    }

    [Fact]
    public void Files_without_a_common_folder_keep_their_paths() => Assert.Equal(["/a/1.jpg", "/b/1.jpg"],
        Assert.Single(FailureCause.Of([Job("/a/1.jpg changed"), Job("/b/1.jpg changed")])).Paths?.Names);

    [Fact]
    public void Errors_alone_are_grouped_like_jobs() => Assert.Equal(["the loss is infinite at iteration 24", "disk full"],
        FailureCause.Kinds(["the loss is infinite at iteration 24", "disk full", "the loss is infinite at iteration 7"]));

    [Fact]
    public void A_job_without_an_error_has_a_cause_that_says_so() =>
        Assert.Equal("no reason was reported", Assert.Single(FailureCause.Of([Job(null)])).Text);

    [Fact]
    public void A_long_path_loses_its_middle_and_keeps_its_beginning_and_its_name()
    {
        var path = $"/data/{new string('x', 200)}/47.jpg";
        var text = FailureCause.Short($"image {path} changed");

        Assert.StartsWith("image /data/", text, StringComparison.Ordinal);
        Assert.EndsWith("/47.jpg changed", text, StringComparison.Ordinal);
        Assert.Contains('…', text);
        Assert.True(text.Length < 80, text);
        Assert.Equal("disk full", FailureCause.Short("disk full"));
    }

    private static JobStatus Job(string? error) => new()
    {
        Id = new JobId("0123456789abcdef"),
        Description = "zero-shot · dtd · seed 1",
        State = JobState.Failed,
        Attempt = new(1),
        Epoch = 0,
        Epochs = 0,
        Error = error,
    };
}
