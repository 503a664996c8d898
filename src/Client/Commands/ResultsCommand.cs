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
        var format = new Option<string>("--format") { Description = "text, md, csv, latex or json.", DefaultValueFactory = _ => "text" }
            .OneOf("text", "md", "csv", "latex", "json");
        var runs = new Option<bool>("--runs")
        {
            Description =
                "The jobs behind the table instead: result, seconds, attempts, worker; as JSON also spec, file "
                    + "hashes, versions and devices.",
        };
        var compare = new Option<string?>("--compare")
        {
            Description = "A file with reported results, such as examples/paper.reported.json or another sweep's 'results --json': ours, "
                + "theirs and the difference.",
        };
        var split = new Option<string>("--split")
        {
            Description = "test, validation or both: the accuracies of the table; csv and json hold both.",
            DefaultValueFactory = _ => "test",
        }.OneOf("test", "validation", "both");
        var notes = new Option<bool>("--notes") { Description = "List the notes below the table one by one, not by kind." };
        var command = new Command(
            "results", "Prints the table of a sweep, mean ± standard deviation over the seeds; partial while it runs.") { id, cluster,
            format, split, runs, compare, notes, json };
        command.SetAction((parsed, cancellation) =>
            connector.ReadSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (reads, sweep) =>
        {
            var (output, chosen) = (parsed.InvocationConfiguration.Output, parsed.GetValue(json) ? "json" : parsed.GetValue(format)!);
            if (parsed.GetValue(json) && parsed.GetResult(format) is { Implicit: false } && parsed.GetValue(format) != "json")
                throw new InvalidInputException($"--json and --format {parsed.GetValue(format)}: write one of them.");
            if (parsed.GetValue(compare) is { } file && parsed.GetValue(runs))
                throw new InvalidInputException($"--runs and --compare {file}: write one of them.");
            if (parsed.GetResult(split) is { Implicit: false }
                && (chosen is "csv" or "json" || parsed.GetValue(runs) || parsed.GetValue(compare) is not null))
                throw new InvalidInputException(
                    "--split: is for the table as text, md or latex; csv and json hold both splits. Leave it out.");
            if (parsed.GetValue(compare) is { } reported)
                ComparisonWriter.Write(output, new Comparison(await reads.ResultsAsync(sweep), ReportedTableFile.Read(reported)), chosen,
                    parsed.GetValue(notes));
            else if (!parsed.GetValue(runs)) ResultsWriter.Write(
                output, await reads.ResultsAsync(sweep), chosen, Enum.Parse<AccuracySplit>(parsed.GetValue(split)!, ignoreCase: true),
                parsed.GetValue(notes));
            else if (chosen == "latex")
                throw new InvalidInputException("--runs: as latex there is only the table; write --format text, md, csv or json.");
            else await RunsWriter.WriteAsync(output, reads, sweep, chosen);
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }
}
