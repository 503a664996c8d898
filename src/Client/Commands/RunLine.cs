using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Commands;

/// <summary>The options for commands that submit a sweep: where the sweep runs, how it is queued, and what the command shows.</summary>
/// <param name="connector">The connector; the help text depends on its embedded mode.</param>
internal sealed class RunLine(Connector connector)
{
    private readonly Option<string?> _name = new("--name") { Description = "The sweep's name, instead of the name in the spec." };
    private readonly Option<bool> _watch = new("--watch")
    {
        Description = "On a cluster: follow the sweep to its end and print the table.",
    };
    private readonly Option<bool> _detach = new("--detach")
    {
        Description = "Print the sweep's id and exit; requires a cluster or a running silo ('sweep serve').",
    };
    private readonly Option<bool> _quiet = CommonOptions.Quiet();
    private readonly Option<bool> _web = CommonOptions.Web();
    private readonly Option<int?> _priority = CommonOptions.Priority();
    private readonly Option<int?> _parallel = CommonOptions.Parallel();
    private readonly Option<string?> _pool = CommonOptions.Pool();

    /// <summary>The option for the cluster to run on.</summary>
    public Option<string?> Cluster { get; } = CommonOptions.ClusterToRunOn(connector);

    /// <summary>The option to print JSON.</summary>
    public Option<bool> Json { get; } = CommonOptions.Json();

    /// <summary>All other options, in help order.</summary>
    public Option[] Others => [_name, _watch, _detach, _quiet, _web, _priority, _parallel, _pool];

    /// <summary>Returns the sweep's name from the command line; null if none is given.</summary>
    public string? Name(ParseResult parsed) => parsed.GetValue(_name);

    /// <summary>Reads the submission from a command line.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="source">The name of the spec for error messages.</param>
    /// <exception cref="InvalidInputException">Two options are mutually exclusive.</exception>
    public Submission Read(ParseResult parsed, string source)
    {
        if (parsed.GetValue(_watch) && parsed.GetValue(_detach))
            throw new InvalidInputException("--watch and --detach: use only one of them.");
        return new Submission
        {
            Source = source,
            Cluster = parsed.GetValue(Cluster),
            Json = parsed.GetValue(Json),
            Web = parsed.GetValue(_web),
            Quiet = parsed.GetValue(_quiet),
            Detach = parsed.GetValue(_detach),
            Follow = parsed.GetValue(Cluster) is null ? !parsed.GetValue(_detach) : parsed.GetValue(_watch),
            Options = new SubmitOptions
            {
                Priority = parsed.GetValue(_priority) ?? 0,
                Parallel = parsed.GetValue(_parallel) ?? 0,
                Pool = parsed.GetValue(_pool),
                SubmittedBy = SweepConnection.UserName,
            },
            Change = new ShareChange
            {
                Priority = parsed.GetValue(_priority),
                Parallel = parsed.GetValue(_parallel),
                Pool = parsed.GetValue(_pool),
            },
        };
    }
}
