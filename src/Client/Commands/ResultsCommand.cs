using System.CommandLine;
using AdaptCluster.Client.Output;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep results ID</c>.</summary>
internal static class ResultsCommand
{
    public static Command Create()
    {
        var (id, cluster, json) = (CommonOptions.SweepId(), CommonOptions.Cluster(), CommonOptions.Json());
        var format = new Option<string>("--format") { Description = "text, md, csv, latex or json.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "md", "csv", "latex", "json");
        var command = new Command("results", "Prints the table of a sweep, mean ± standard deviation over the seeds; partial while it runs.") { id, cluster, format, json };
        command.SetAction((parsed, cancellation) => CommonOptions.OnSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (connection, sweep) =>
        {
            var results = await connection.Coordinator(sweep).ResultsAsync();
            ResultsWriter.Write(parsed.InvocationConfiguration.Output, results, parsed.GetValue(json) ? "json" : parsed.GetValue(format)!);
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }
}
