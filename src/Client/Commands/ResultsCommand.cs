using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep results ID</c>.</summary>
internal static class ResultsCommand
{
    public static Command Create(Connector connector)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var format = new Option<string>("--format")
        {
            Description = "The output format: text, md, csv, latex or json.",
            DefaultValueFactory = _ => "text",
        }.OneOf("text", "md", "csv", "latex", "json");
        var runs = new Option<bool>("--runs")
        {
            Description =
                "List the table's jobs instead: result, seconds, attempts, worker; --json also prints spec, file "
                    + "hashes, versions and devices.",
        };
        var compare = new Option<string?>("--compare")
        {
            Description = "Compare with the reported results in this file, such as examples/paper.reported.json or the output of 'sweep "
                + "results --json'. Shows this sweep's accuracies, the reported accuracies and the differences.",
        };
        var split = new Option<string>("--split")
        {
            Description = "The accuracies to show: test, validation or both; csv and json always contain both.",
            DefaultValueFactory = _ => "test",
        }.OneOf("test", "validation", "both");
        var notes = new Option<bool>("--notes") { Description = "List each note below the table, instead of a summary by kind." };
        var command = new Command(
            "results", "Prints a sweep's table, mean ± standard deviation over the seeds; partial while the sweep runs.") { id, cluster,
            format, split, runs, compare, notes, json };
        command.SetAction((parsed, cancellation) =>
            connector.ReadSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (reads, sweep) =>
        {
            var (output, chosen) = (parsed.InvocationConfiguration.Output, parsed.GetValue(json) ? "json" : parsed.GetValue(format)!);
            if (parsed.GetValue(json) && parsed.GetResult(format) is { Implicit: false } && parsed.GetValue(format) != "json")
                throw new InvalidInputException($"--json and --format {parsed.GetValue(format)}: use only one of them.");
            if (parsed.GetValue(compare) is { } file && parsed.GetValue(runs))
                throw new InvalidInputException($"--runs and --compare {file}: use only one of them.");
            if (parsed.GetResult(split) is { Implicit: false }
                && (chosen is "csv" or "json" || parsed.GetValue(runs) || parsed.GetValue(compare) is not null))
                throw new InvalidInputException(
                    "--split: applies only to text, md and latex; csv and json always contain both splits. Leave it out.");
            if (parsed.GetValue(compare) is { } reported)
                ComparisonWriter.Write(output, new Comparison(await reads.ResultsAsync(sweep), ReportedTableFile.Read(reported)), chosen,
                    parsed.GetValue(notes));
            else if (!parsed.GetValue(runs)) ResultsWriter.Write(
                output, await reads.ResultsAsync(sweep), chosen, Enum.Parse<AccuracySplit>(parsed.GetValue(split)!, ignoreCase: true),
                parsed.GetValue(notes));
            else if (chosen == "latex")
                throw new InvalidInputException("--runs: --format latex prints only the table; use --format text, md, csv or json.");
            else await RunsWriter.WriteAsync(output, reads, sweep, chosen);
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }
}
