using System.CommandLine;
using System.Globalization;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Retention;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep delete</c> and <c>sweep prune</c>: remove sweeps from the store.</summary>
internal static class DeletionCommands
{
    public static Command Delete(Connector connector)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var (keep, dry, yes) = (KeepResults(), DryRun(), Yes());
        var command = new Command("delete", "Deletes a sweep that is not running; results that other sweeps reuse are kept.")
        {
            id, cluster, keep, dry, yes, json,
        };
        command.SetAction((parsed, cancellation) =>
            connector.OnSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (connection, sweep) =>
        {
            var request = new PruneRequest { Sweep = sweep, KeepResults = parsed.GetValue(keep), DryRun = true };
            var plan = await connection.PruneAsync(request);
            if (!parsed.GetValue(dry))
            {
                if (!parsed.GetValue(yes) && !await AskAsync($"{sweep}", plan, parsed.InvocationConfiguration, cancellation))
                    return SweepCommand.Failure;
                plan = await connection.PruneAsync(request with { DryRun = false });
            }
            await WriteAsync(plan, parsed.GetValue(json), parsed.InvocationConfiguration, sweep);
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }

    public static Command Prune(Connector connector)
    {
        var (cluster, json) = (CommonOptions.Cluster(connector), CommonOptions.Json());
        var (keep, dry, yes) = (KeepResults(), DryRun(), Yes());
        var older = CheckedOptions.Age("--older", "The minimum time since a sweep ended, such as 30d or 12h.");
        older.Required = true;
        var command = new Command("prune",
            "Deletes sweeps that ended long ago; results that other sweeps reuse are kept.")
        {
            cluster, older, keep, dry, yes, json,
        };
        command.SetAction((parsed, cancellation) => connector.LookAsync(parsed.GetValue(cluster), async connection =>
        {
            var request = new PruneRequest { Older = parsed.GetValue(older), KeepResults = parsed.GetValue(keep), DryRun = true };
            var plan = await connection.PruneAsync(request);
            if (!parsed.GetValue(dry))
            {
                var what = CountText.Of(plan.Sweeps.Length, "sweep");
                if (!parsed.GetValue(yes) && !await AskAsync(what, plan, parsed.InvocationConfiguration, cancellation))
                    return SweepCommand.Failure;
                plan = await connection.PruneAsync(request with { DryRun = false });
            }
            await WriteAsync(plan, parsed.GetValue(json), parsed.InvocationConfiguration);
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }

    private static Option<bool> KeepResults() => new("--keep-results")
    {
        Description = "Keep the table and the results; delete only epochs, mask histories, prompts and checkpoints.",
    };

    private static Option<bool> DryRun() => new("--dry-run")
    {
        Description = "Show what would be deleted and kept, without deleting anything.",
    };

    private static Option<bool> Yes() => new("--yes") { Description = "Do not ask for confirmation; required without a terminal." };

    /// <summary>Asks for confirmation, unless nothing would be deleted.</summary>
    /// <param name="what">The sweeps to delete, as a phrase.</param>
    /// <param name="plan">The report of the dry run.</param>
    /// <param name="console">The console for the prompt.</param>
    /// <param name="cancellation">A token that cancels the prompt.</param>
    /// <exception cref="InvalidInputException">
    /// There is no terminal to prompt on. This is thrown even if nothing would be deleted, so that a script without --yes fails on its
    /// first run.
    /// </exception>
    private static async Task<bool> AskAsync(
        string what, PruneReport plan, InvocationConfiguration console, CancellationToken cancellation)
    {
        if (Console.IsInputRedirected || !Terminal.ErrorIsInteractive(console.Error))
            throw new InvalidInputException(
                $"{what}: there is no terminal to ask for confirmation; use --yes to delete {(plan.Sweeps.Length == 1 ? "it" : "them")}, "
                + "or --dry-run to see what would be deleted.");
        if (plan is { Sweeps.Length: 0, Predictions: 0, Checkpoints: 0 }) return true;
        foreach (var line in Lines(plan)) await console.Error.WriteLineAsync(line);
        await console.Error.WriteAsync($"Delete {what}{(plan.KeepResults ? ", keeping the results" : "")}? [y/N] ");
        var answer = await Task.Run(Console.ReadLine, cancellation).WaitAsync(cancellation);
        if (answer?.Trim().ToUpperInvariant() is "Y" or "YES") return true;
        await console.Error.WriteLineAsync("nothing was deleted.");
        return false;
    }

    private static async Task WriteAsync(
        PruneReport report, bool json, InvocationConfiguration console, SweepId? sweep = null)
    {
        if (json)
        {
            await JsonOutput.WriteAsync(console.Output, report, sweep);
            return;
        }
        foreach (var line in Lines(report)) await console.Output.WriteLineAsync(line);
    }

    /// <summary>Returns the lines that list the deleted and the kept sweeps, in the same form before and after the deletion.</summary>
    internal static IEnumerable<string> Lines(PruneReport report)
    {
        var (would, what) = (report.DryRun ? "would be " : "", report.KeepResults ? "reduced to its results" : "deleted");
        foreach (var sweep in report.Sweeps)
        {
            var ended = sweep.Ended?.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            var answered = sweep.Answered == 0 ? ""
                : $"; {CountText.Of(sweep.Answered, "result")} that other sweeps reuse "
                    + $"{(sweep.Answered == 1 ? "is" : "are")} kept";
            yield return $"{sweep.Id}: {would}{what} ({AdaptClusterJson.Name(sweep.State)}{(ended is null ? "" : $" {ended}")}, "
                + $"{CountText.Of(sweep.Jobs, "job")}, {SizeText.Of(sweep.Bytes)}){answered}";
        }
        foreach (var sweep in report.Kept) yield return $"{sweep.Id}: kept: {sweep.Why}";
        if (report.Predictions > 0) yield return $"predictions of {CountText.Of(report.Predictions, "other sweep")}: {would}deleted";
        if (report.Checkpoints > 0) yield return $"{CountText.Of(report.Checkpoints, "checkpoint")} of other sweeps: {would}deleted";
        yield return
            $"{CountText.Of(report.Sweeps.Length, "sweep")}, about {SizeText.Of(report.Bytes)} of {SizeText.Of(report.StoreBytes)}";
    }
}
