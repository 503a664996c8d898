using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Evidence;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep predictions ID --job J</c>: shows a job's prediction for each image, with statistics.</summary>
internal static class PredictionsCommand
{
    public static Command Create(Connector connector)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var job = CommonOptions.Job(connector);
        var split = new Option<string>("--split")
        {
            Description = "The split to show: test or validation.",
            DefaultValueFactory = _ => "test",
        }.OneOf("test", "validation");
        var on = new Option<string?>("--on") { Description = "Show the predictions on this data set from the spec's \"evaluate\"." };
        var format = new Option<string>("--format")
        {
            Description = "The output format: text, csv (one line per image) or json.",
            DefaultValueFactory = _ => "text",
        }.OneOf("text", "csv", "json");
        var command = new Command("predictions",
            "Shows a finished job's predictions: accuracy by class, confusion matrix, calibration and misclassified images.")
        {
            id, job, split, on, format, cluster, json,
        };
        command.SetAction((parsed, cancellation) =>
            connector.ReadSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (reads, sweep) =>
        {
            if (parsed.GetValue(json) && parsed.GetResult(format) is { Implicit: false } && parsed.GetValue(format) != "json")
                throw new InvalidInputException($"--json and --format {parsed.GetValue(format)}: use only one of them.");
            var shown = Split(parsed.GetValue(split) == "test", parsed.GetValue(on));
            var (detail, predictions) = await ReadAsync(reads, sweep, parsed.GetValue(job)!);
            var found = shown.Of(predictions);
            var (names, reason) = connector.Embedded?.ImageNames(detail.Definition, shown, found.Split.Manifest)
                ?? (null, "this client cannot read data sets");
            if (names is null)
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"images are shown by number, not by name: {reason}.");
            new PredictionsWriter(parsed.InvocationConfiguration.Output, sweep, detail.Status, shown.Name, found, names)
                .Write(parsed.GetValue(json) ? "json" : parsed.GetValue(format)!);
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }

    /// <summary>Returns the split that the options name.</summary>
    /// <exception cref="InvalidInputException">Validation images of another data set were requested.</exception>
    internal static EvaluatedSplit Split(bool isTest, string? on) => on is null || isTest ? new(isTest, on)
        : throw new InvalidInputException(
            "--on and --split validation: other data sets have predictions only for test images; leave out --split.");

    /// <summary>Reads a job's predictions.</summary>
    /// <exception cref="InvalidInputException">The job has no predictions; the message gives the reason.</exception>
    internal static async Task<(JobDetail Detail, JobPredictions Predictions)> ReadAsync(ISweepReads reads, SweepId sweep, string job)
    {
        var detail = await reads.JobAsync(sweep, job);
        if (detail.Status.State != JobState.Completed)
            throw new InvalidInputException(
                $"job {detail.Status.Id} is {AdaptClusterJson.Name(detail.Status.State)}: predictions are available after it completes.");
        return await reads.FileAsync(sweep, job, JobFile.Predictions) is { } bytes
            ? (detail, JobPredictions.Read(bytes))
            : throw new InvalidInputException(
                $"job {detail.Status.Id} has no predictions: either Retention:Predictions or Retention:PredictionsMiB deleted them, "
                + "or the job ran on a version that does not store them; 'sweep submit --no-cache' runs the jobs again.");
    }
}
