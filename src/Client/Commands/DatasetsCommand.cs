using System.CommandLine;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Training.Data.CoOp;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep datasets check</c>.</summary>
internal static class DatasetsCommand
{
    public static Command Create() => new("datasets", "The data sets of the CoOp family on this machine.") { Check() };

    private static Command Check()
    {
        var names = new Argument<string[]>("NAME") { Description = "Data sets; all eleven unless told.", DefaultValueFactory = _ => [] };
        var root = new Option<string?>("--root") { Description = "The folder that their folders lie in (or ADAPTCLUSTER_DATA; default: the current folder)." };
        var json = CommonOptions.Json();
        var command = new Command("check", "Looks which data sets are there and whole, what is missing, and where it goes.") { names, root, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var place = parsed.GetValue(root) ?? SiloSettings.FromEnvironment().DataRoot;
            if (!Directory.Exists(place)) throw new InvalidInputException($"--root {place}: there is no such folder; write the folder that the data sets' folders lie in.");
            var asked = parsed.GetValue(names)!;
            var reports = new List<DatasetReport>();
            foreach (var name in asked.Length > 0 ? asked : DatasetFormats.CoOpNames)
            {
                var report = await Task.Run(() => DatasetCheck.Check(place, name, cancellation), cancellation);
                reports.Add(report);
                if (!parsed.GetValue(json)) await WriteAsync(output, report);
            }
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(reports, AdaptClusterJson.Indented));
            return reports.All(report => report.Complete || (!report.Exists && asked.Length == 0)) ? SweepCommand.Success : SweepCommand.Failure;
        });
        return command;
    }

    private static async Task WriteAsync(TextWriter output, DatasetReport report)
    {
        var state = !report.Exists ? $"absent; it belongs into {report.Place}" : report.Complete ? "complete" : "not complete";
        await output.WriteLineAsync($"{report.Name,-15} {state}{(report.Found is { } found ? $": {found}" : "")}{(report.SplitSha256 is { } hash ? $", split {hash[..12]}" : "")}");
        if (!report.Exists) await output.WriteLineAsync($"                images in {report.Images}{(report.Split is { } split ? $", split {split}" : "")}");
        foreach (var problem in report.Problems) await output.WriteLineAsync($"                problem: {problem}");
        foreach (var note in report.Notes) await output.WriteLineAsync($"                note: {note}");
    }
}
