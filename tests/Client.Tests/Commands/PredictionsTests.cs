namespace AdaptCluster.Client.Tests.Commands;

/// <summary><c>sweep predictions</c>: what a job predicted, from the store alone.</summary>
public sealed class PredictionsTests(PhotoSweep sweep, EndedSweep drawn)
{
    [Fact]
    public async Task The_predictions_of_every_job_give_the_accuracies_of_the_table()
    {
        foreach (var method in (string[])["zero-shot", "coop", "adapt"])
        {
            foreach (var job in await sweep.JobsAsync(method))
            {
                var test = (await sweep.RunAsync("predictions", "latest", "--job", job.Id, "--json")).Json;
                var validation = (await sweep.RunAsync("predictions", "latest", "--job", job.Id, "--split", "validation", "--json")).Json;

                Assert.Equal((job.TestCorrect, job.TestTotal), ((int)test["correct"]!, (int)test["images"]!));
                Assert.Equal(job.ValidationCorrect, (int)validation["correct"]!);
                Assert.Equal(job.TestCorrect, test["classes"]!.AsArray().Sum(one => (int)one!["correct"]!));
                Assert.Equal(job.TestTotal, test["confusion"]!.AsArray().Sum(row => row!.AsArray().Sum(count => (int)count!)));
                Assert.Equal(job.TestTotal - job.TestCorrect, test["misclassified"]!.AsArray().Count);
                Assert.InRange((double)test["calibration"]!["expectedCalibrationError"]!, 0, 1);
                Assert.InRange((double)test["calibration"]!["brier"]!, 0, 1);
            }
        }
    }

    [Fact]
    public async Task Images_are_named_by_their_paths_where_the_data_set_lies_here_in_the_order_of_the_split()
    {
        var job = (await sweep.JobsAsync("zero-shot"))[0];

        var ended = await sweep.RunAsync("predictions", "latest", "--job", job.Id, "--format", "csv");

        Assert.Equal("", ended.Error);
        var lines = ended.Output.Split('\n').Select(line => line.Split(',')).ToArray();
        Assert.Equal(["image", "path", "class", "predicted", "probability", "right"], lines[0]);
        Assert.Equal(job.TestTotal, lines.Length - 1);
        Assert.All(lines[1..], line => Assert.True(File.Exists(Path.Combine(sweep.Photos, line[1])), line[1]));
        Assert.All(lines[1..], line => Assert.StartsWith(line[2] + "/", line[1], StringComparison.Ordinal));
        Assert.Equal(job.TestCorrect, lines[1..].Count(line => line[5] == "true" && line[2] == line[3]));
    }

    [Fact]
    public async Task The_text_has_accuracy_calibration_classes_and_confusion()
    {
        var job = (await sweep.JobsAsync("zero-shot"))[0];

        var text = (await sweep.RunAsync("predictions", "latest", "--job", job.Id)).Output;

        Assert.Contains($"correct ({job.TestCorrect} of {job.TestTotal} images)", text, StringComparison.Ordinal);
        Assert.Contains("calibration of the predicted class: ECE ", text, StringComparison.Ordinal);
        Assert.Contains("confusion matrix: a row for each class", text, StringComparison.Ordinal);
        Assert.Contains("most confused with", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_that_lie_in_no_file_are_named_by_number_and_the_reason_is_said()
    {
        var runs = (await drawn.RunAsync("results", "latest", "--runs", "--json")).Json["runs"]!.AsArray();
        var job = (string)runs[0]!["run"]!["job"]!;

        var ended = await drawn.RunAsync("predictions", "latest", "--job", job, "--json");

        Assert.Equal(0, ended.Code);
        Assert.Contains("images are shown by number, not by name: the images of 'tiny-", ended.Error, StringComparison.Ordinal);
        Assert.All(ended.Json["misclassified"]!.AsArray(), image => Assert.Null(image!["path"]));
    }

    [Theory]
    [InlineData("predictions latest", "'--job' is required")]
    [InlineData("predictions latest --job zz", "--job zz: a job id contains only hexadecimal digits")]
    [InlineData("predictions latest --job 1 --split both", "--split: found 'both'; write test or validation")]
    [InlineData("predictions latest --job 1 --json --format csv", "--json and --format csv: use only one of them.")]
    public async Task What_cannot_be_shown_is_refused_in_one_line(string arguments, string expected)
    {
        var ended = await sweep.RunAsync(arguments.Split(' '));

        Assert.Equal(2, ended.Code);
        Assert.Contains(expected, ended.Error, StringComparison.Ordinal);
        Assert.Single(ended.Error.Split('\n'));
    }
}
