using System.CommandLine.Completions;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;

namespace AdaptCluster.Client.Commands;

/// <summary>
/// The ids that a shell offers: those of the home folder's store, which is read without a silo. A cluster is not asked, since a press of
/// Tab must not wait for one.
/// </summary>
internal static class KnownIds
{
    private const string Latest = "latest";

    /// <summary>Whether a shell asks; help would write them all where it names an argument.</summary>
    public static bool Wanted { get; set; }

    /// <summary>Ids of sweeps, newest first.</summary>
    public static IEnumerable<string> Sweeps(Connector connector, CompletionContext context) =>
        !Wanted ? [] : [Latest, .. Read(connector, context, home => home.SweepIdsAsync(context.WordToComplete))];

    /// <summary>Ids of the jobs of the sweep that the command line names.</summary>
    public static IEnumerable<string> Jobs(Connector connector, CompletionContext context)
    {
        if (!Wanted) return [];
        var sweep = context.ParseResult.CommandResult.Command.Arguments.OfType<System.CommandLine.Argument<string>>()
            .Select(context.ParseResult.GetValue).FirstOrDefault();
        return sweep is null ? []
            : Read(connector, context, home => home.JobIdsAsync(sweep == Latest ? "" : sweep, context.WordToComplete));
    }

    private static string[] Read(Connector connector, CompletionContext context, Func<IEmbeddedMode, Task<string[]>> read)
    {
        try
        {
            var elsewhere = context.ParseResult.Tokens.Any(token => token.Value == "--cluster")
                || Environment.GetEnvironmentVariable("ADAPTCLUSTER_CLUSTER") is { Length: > 0 };
            return !elsewhere && connector.Embedded is { HasStore: true } home ? read(home).GetAwaiter().GetResult() : [];
        }
        catch (AdaptClusterException)
        {
            return []; // A shell has no place for an error: the command itself will say it.
        }
    }
}
