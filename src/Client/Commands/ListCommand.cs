using System.CommandLine;
using System.Globalization;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep list</c>.</summary>
internal static class ListCommand
{
    /// <summary>The number of sweeps listed by default.</summary>
    private const int Shown = 50;

    public static Command Create(Connector connector)
    {
        var (cluster, json) = (CommonOptions.Cluster(connector), CommonOptions.Json());
        var limit = CheckedOptions.WholeNumber("--limit",
            $"List at most this many sweeps. Default: {Shown}; with --json or --quiet, all.", least: 1);
        var all = new Option<bool>("--all") { Description = "List all sweeps." };
        var state = CheckedOptions.SomeOf("--state",
            $"List only sweeps in this state: {string.Join(", ", SweepListing.StateNames)}; may be given several times.",
            SweepListing.StateNames);
        var sort = new Option<string>("--sort")
        {
            Description = "Sort by submitted (newest first), name, state, jobs (most first), failed (most first) or by (the submitter).",
            DefaultValueFactory = _ => SweepListing.Newest,
        }.OneOf(SweepListing.Sorts);
        var quiet = new Option<bool>("--quiet") { Description = "Print only ids, one per line." };
        var tag = new Option<string?>("--tag") { Description = "List only sweeps with this tag (see 'sweep tag')." };
        var command = new Command("list", "Lists the sweeps, newest first.") { cluster, json, state, tag, sort, limit, all, quiet };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(all) && parsed.GetValue(limit) is not null)
                throw new InvalidInputException("--all and --limit: use only one of them.");
            var isForPrograms = parsed.GetValue(json) || parsed.GetValue(quiet);
            var tagged = parsed.GetValue(tag);
            SweepListing.CheckTag(tagged, "--tag");
            var asked = new SweepListing(parsed.GetValue(state)!, tagged, parsed.GetValue(sort)!,
                parsed.GetValue(limit) ?? (parsed.GetValue(all) || isForPrograms ? int.MaxValue : Shown));
            var (total, fitting, sweeps) = await ReadAsync(connector, parsed.GetValue(cluster), asked, cancellation);
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (parsed.GetValue(json)) await JsonOutput.WriteAsync(output, sweeps);
            else if (parsed.GetValue(quiet)) foreach (var sweep in sweeps) await output.WriteLineAsync(sweep.Id);
            else if (total == 0 && tagged is not null)
                await error.WriteLineAsync($"no sweep has the tag {tagged}; 'sweep tag SWEEP +{tagged}' adds it to a sweep.");
            else if (total == 0)
                await error.WriteLineAsync(parsed.GetValue(cluster) is null ? connector.WithoutCluster.NoSweep
                    : "there are no sweeps yet; 'sweep submit FILE' starts one.");
            else if (fitting == 0)
                await error.WriteLineAsync($"no sweep is {string.Join(" or ", asked.States)}; 'sweep list' lists all sweeps.");
            else await WriteAsync(output, error, asked, sweeps, fitting);
            return SweepCommand.Success;
        });
        return command;
    }

    private static async Task WriteAsync(
        TextWriter output, TextWriter error, SweepListing asked, List<SweepSummary> sweeps, int fitting)
    {
        var labels = LabelText.Columns(sweeps).ToArray();
        string[] headers = ["id", "state", "submitted", "jobs", "completed", "failed", "by", .. labels.Select(label => label.Header)];
        TextTable.Write(output, headers, sweeps.Select(s => (string[])
        [
            s.Id, AdaptClusterJson.Name(s.State), s.Submitted.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            $"{s.Jobs.Total}", $"{s.Jobs.Completed}", $"{s.Jobs.Failed}", s.SubmittedBy ?? "", .. labels.Select(label => label.Cell(s)),
        ]));
        if (fitting > sweeps.Count)
            await error.WriteLineAsync(asked is { States: [], Tag: null, Sort: SweepListing.Newest }
                ? $"{CountText.Of(fitting - sweeps.Count, "older sweep")} not shown; 'sweep list --all' lists all sweeps."
                : $"{CountText.Of(fitting - sweeps.Count, "more sweep")} not shown; add --all to list all sweeps.");
    }

    private static async Task<(int Total, int Fitting, List<SweepSummary> Sweeps)> ReadAsync(
        Connector connector, string? cluster, SweepListing asked, CancellationToken cancellation) =>
        cluster is null && !connector.WithoutCluster.HasStore ? (0, 0, [])
            : await connector.LookAsync(cluster, connection => asked.ReadAsync(connection.Reads), cancellation, ConnectionUse.Read);
}
