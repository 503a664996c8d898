using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep audit [ID]</c>.</summary>
internal static class AuditCommand
{
    /// <summary>The number of entries printed by default.</summary>
    private const int Shown = 100;

    public static Command Create(Connector connector)
    {
        var (cluster, json) = (CommonOptions.Cluster(connector), CommonOptions.Json());
        var id = CommonOptions.SweepId(connector);
        id.Arity = ArgumentArity.ZeroOrOne;
        id.Description = "A sweep's id, an unambiguous prefix of it, or 'latest'. Default: all sweeps.";
        var limit = CheckedOptions.WholeNumber("--limit", $"Show at most this many of the newest entries. Default: {Shown}.", least: 1);
        var all = new Option<bool>("--all") { Description = "Show all entries." };
        var command = new Command(
            "audit", "Shows who submitted, paused, resumed, cancelled, retried or changed sweeps, and who was refused.")
        {
            id, cluster, json, limit, all,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(all) && parsed.GetValue(limit) is not null)
                throw new InvalidInputException("--all and --limit: use only one of them.");
            var most = parsed.GetValue(all) ? int.MaxValue : parsed.GetValue(limit) ?? Shown;
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var entries = await connector.LookAsync(parsed.GetValue(cluster), async connection => await ReadAsync(connection.Reads,
                parsed.GetValue(id) is { } asked ? (await Connector.FindAsync(connection, asked)).Value : null, most),
                cancellation, ConnectionUse.Read);
            if (parsed.GetValue(json)) await JsonOutput.WriteAsync(output, entries);
            else foreach (var entry in entries) await output.WriteLineAsync(AuditText.Line(entry));
            if (entries.Count == 0) await error.WriteLineAsync("the audit log has no entries.");
            else if (entries.Count == most)
                await error.WriteLineAsync($"showing the newest {entries.Count} entries; 'sweep audit --all' shows all entries.");
            return SweepCommand.Success;
        });
        return command;
    }

    /// <summary>Reads the newest entries page by page.</summary>
    /// <returns>The entries, oldest first.</returns>
    private static async Task<List<AuditEntry>> ReadAsync(ISweepReads reads, string? sweep, int most)
    {
        var entries = new List<AuditEntry>();
        for (long? before = null; ;)
        {
            var count = Math.Min(most - entries.Count, AuditQuery.MaxCount);
            if (count == 0) break;
            var page = await reads.AuditAsync(new AuditQuery { Sweep = sweep, Before = before, Count = count });
            entries.AddRange(page);
            if (page.Length < count) break;
            before = page[^1].Id;
        }
        entries.Reverse();
        return entries;
    }
}
