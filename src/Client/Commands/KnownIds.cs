using System.CommandLine.Completions;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;

namespace AdaptCluster.Client.Commands;

/// <summary>
/// The ids that shell completion offers, read from the home folder's store without a silo. Clusters are not queried, since pressing Tab
/// must not wait for the network.
/// </summary>
internal static class KnownIds
{
    private const string Latest = "latest";

    /// <summary>
    /// Whether a shell requested completions. If not, no ids are returned, so that help does not list them for an argument.
    /// </summary>
    public static bool Wanted { get; set; }

    /// <summary>Returns the ids of sweeps, newest first.</summary>
    public static IEnumerable<string> Sweeps(Connector connector, CompletionContext context) =>
        !Wanted ? [] : [Latest, .. Read(connector, context, home => home.SweepIdsAsync(context.WordToComplete))];

    /// <summary>Returns the job ids of the sweep named on the command line.</summary>
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
            return []; // A completion cannot show an error; the command itself will report it.
        }
    }
}
