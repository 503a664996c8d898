using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Lifecycle;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep list</c>.</summary>
internal static class ListCommand
{
    /// <summary>Sweeps that a person is shown unless more are asked for.</summary>
    private const int Shown = 50;

    public static Command Create(Connector connector)
    {
        var (cluster, json) = (CommonOptions.Cluster(connector), CommonOptions.Json());
        var limit = CheckedOptions.WholeNumber("--limit",
            $"Most sweeps to list; {Shown} unless told, and all of them with --json.", least: 1);
        var all = new Option<bool>("--all") { Description = "List all sweeps." };
        var tag = new Option<string?>("--tag") { Description = "List the sweeps that have this tag, which 'sweep tag' gives." };
        var command = new Command("list", "Lists the sweeps, newest first.") { cluster, json, limit, all, tag };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(all) && parsed.GetValue(limit) is not null)
                throw new InvalidInputException("--all and --limit: write one of them.");
            var most = parsed.GetValue(limit) ?? (parsed.GetValue(all) || parsed.GetValue(json) ? int.MaxValue : Shown);
            var tagged = parsed.GetValue(tag);
            if (tagged is not null && !SweepLabels.IsTag(tagged))
                throw new InvalidInputException($"--tag: found '{PrintableText.OneLine(tagged)}'; write {SweepLabels.TagRule}.");
            var (total, sweeps) = await ReadAsync(connector, parsed.GetValue(cluster), most, tagged, cancellation);
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (parsed.GetValue(json))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(sweeps, AdaptClusterJson.Indented));
                return SweepCommand.Success;
            }
            if (sweeps.Count == 0)
            {
                await error.WriteLineAsync(
                    tagged is not null ? $"no sweep has the tag {tagged}; 'sweep tag SWEEP +{tagged}' gives it to one."
                    : parsed.GetValue(cluster) is null ? connector.WithoutCluster.NoSweep
                    : "there is no sweep yet; 'sweep submit FILE' makes one.");
                return SweepCommand.Success;
            }
            var labels = LabelText.Columns(sweeps).ToArray();
            string[] headers = ["id", "state", "submitted", "jobs", "completed", "failed", "by", .. labels.Select(label => label.Header)];
            TextTable.Write(output, headers, sweeps.Select(s => (string[])
            [
                s.Id, AdaptClusterJson.Name(s.State), s.Submitted.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                $"{s.Jobs.Total}", $"{s.Jobs.Completed}", $"{s.Jobs.Failed}", s.SubmittedBy ?? "", .. labels.Select(label => label.Cell(s)),
            ]));
            if (total > sweeps.Count)
                await error.WriteLineAsync($"{CountText.Of(total - sweeps.Count, "older sweep")}; 'sweep list --all' lists all of them.");
            return SweepCommand.Success;
        });
        return command;
    }

    /// <summary>Reads the newest sweeps page by page, so that no answer grows with all that was ever run.</summary>
    private static async Task<(int Total, List<SweepSummary> Sweeps)> ReadAsync(
        Connector connector, string? cluster, int most, string? tag, CancellationToken cancellation)
    {
        if (cluster is null && !connector.WithoutCluster.HasStore) return (0, []);
        return await connector.LookAsync(cluster, connection => ReadAsync(connection.Reads, most, tag), cancellation, ConnectionUse.Read);
    }

    private static async Task<(int Total, List<SweepSummary> Sweeps)> ReadAsync(ISweepReads reads, int most, string? tag)
    {
        var sweeps = new List<SweepSummary>();
        for (var from = 0; ;)
        {
            var (total, page) = await reads.ListPageAsync(from, Math.Min(most - from, SweepListPage.MaxCount), tag);
            from += page.Length;
            // One that is submitted meanwhile moves the others on, so that the last of a page comes again.
            sweeps.AddRange(page.ExceptBy(sweeps.Select(sweep => sweep.Id), sweep => sweep.Id));
            if (page.Length == 0 || from >= most || from >= total) return (total, sweeps);
        }
    }
}
