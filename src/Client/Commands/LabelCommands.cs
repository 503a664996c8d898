using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Lifecycle;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep note</c>, <c>tag</c> and <c>rename</c>: set a sweep's name, note and tags.</summary>
internal static class LabelCommands
{
    public static Command Note(Connector connector)
    {
        var text = new Argument<string>("TEXT") { Description = "The note, a single line; '' removes it." };
        return Create(connector, "note", "Sets a sweep's one-line note, which lists and pages show.", text,
            parsed => new LabelChange { Note = parsed.GetValue(text) });
    }

    public static Command Tag(Connector connector)
    {
        var tags = new Argument<string[]>("TAG")
        {
            Description = "+TAG or TAG to add a tag, -TAG to remove one; 'sweep list --tag TAG' lists the sweeps with a tag.",
            Arity = ArgumentArity.OneOrMore,
        };
        return Create(connector, "tag", "Adds tags to a sweep, or removes them.", tags, parsed =>
        {
            var words = parsed.GetValue(tags)!;
            return new LabelChange
            {
                Add = [.. words.Where(word => !word.StartsWith('-')).Select(word => word.StartsWith('+') ? word[1..] : word)],
                Remove = [.. words.Where(word => word.StartsWith('-')).Select(word => word[1..])],
            };
        });
    }

    public static Command Rename(Connector connector)
    {
        var name = new Argument<string>("NAME") { Description = "The new name, shown in lists, tables and pages." };
        return Create(connector, "rename", "Renames a sweep; its id stays the same.", name,
            parsed => new LabelChange { Name = parsed.GetValue(name) });
    }

    private static Command Create(
        Connector connector, string name, string description, Argument words, Func<ParseResult, LabelChange> change)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var command = new Command(name, description) { id, words, cluster, json };
        command.SetAction((parsed, cancellation) =>
        {
            var asked = change(parsed);
            // Invalid labels are refused before a silo is started; only the silo knows how many tags there are already.
            _ = new SweepLabels("", null, []).With(asked);
            return connector.OnSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (connection, sweep) =>
            {
                await connection.Sweep(sweep).LabelAsync(asked);
                var (status, output) = (await connection.Sweep(sweep).StatusAsync(), parsed.InvocationConfiguration.Output);
                if (parsed.GetValue(json)) await JsonOutput.WriteAsync(output, status, sweep);
                else await output.WriteLineAsync($"{sweep}: {string.Join("; ", LabelText.All(status.Summary))}");
                return SweepCommand.Success;
            }, cancellation);
        });
        return command;
    }
}
