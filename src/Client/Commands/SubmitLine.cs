using System.CommandLine;
using System.Text.Json.Nodes;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Commands;

/// <summary>The argument and options of <c>sweep submit</c>.</summary>
/// <param name="connector">Tells whether this program can run a sweep itself.</param>
internal sealed class SubmitLine(Connector connector)
{
    private readonly Argument<string> _file = CommonOptions.SpecFile();
    private readonly Option<string?> _cluster = CommonOptions.ClusterToRunOn(connector);
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string[]> _set = CommonOptions.Set();
    private readonly Option<string?> _name = new("--name") { Description = "The sweep's name, instead of the spec's." };
    private readonly Option<bool> _watch = new("--watch")
    {
        Description = "On a cluster: follow the sweep to its end and print the table.",
    };
    private readonly Option<bool> _detach = new("--detach")
    {
        Description = "Print the sweep's id and return; needs a cluster, or a silo that runs already ('sweep serve').",
    };
    private readonly Option<bool> _quiet = CommonOptions.Quiet();
    private readonly Option<bool> _web = CommonOptions.Web();
    private readonly Option<int?> _priority = CommonOptions.Priority();
    private readonly Option<int?> _parallel = CommonOptions.Parallel();
    private readonly Option<string?> _pool = CommonOptions.Pool();
    private readonly Option<bool> _noCache = new("--no-cache")
    {
        Description = "Run every job, also those whose result an earlier sweep has.",
    };
    private readonly Option<double> _verify = CheckedOptions.Number("--verify-cache",
        "Share of the cached jobs, 0 to 1, that run all the same and are compared with the earlier result.", 0,
        share => share is >= 0 and <= 1, "a share from 0 to 1");

    /// <summary>Adds them to the command, in help order.</summary>
    public void AddTo(Command command)
    {
        command.Add(_file);
        Option[] options =
            [_cluster, _json, _set, _name, _watch, _detach, _quiet, _web, _priority, _parallel, _pool, _noCache, _verify];
        foreach (var option in options) command.Add(option);
    }

    /// <summary>Reads the submission from a command line.</summary>
    /// <exception cref="InvalidInputException">Two options exclude each other.</exception>
    public Submission Read(ParseResult parsed)
    {
        var assignments = parsed.GetValue(_set)!.ToList();
        if (parsed.GetValue(_name) is { } name) assignments.Add($"name={JsonValue.Create(name).ToJsonString()}");
        if (parsed.GetValue(_watch) && parsed.GetValue(_detach))
            throw new InvalidInputException("--watch and --detach: write one of them.");
        return new Submission
        {
            Source = parsed.GetValue(_file)!,
            Assignments = assignments,
            Cluster = parsed.GetValue(_cluster),
            Json = parsed.GetValue(_json),
            Web = parsed.GetValue(_web),
            Quiet = parsed.GetValue(_quiet),
            Detach = parsed.GetValue(_detach),
            Follow = parsed.GetValue(_cluster) is null ? !parsed.GetValue(_detach) : parsed.GetValue(_watch),
            Options = new SubmitOptions
            {
                Priority = parsed.GetValue(_priority) ?? 0,
                Parallel = parsed.GetValue(_parallel) ?? 0,
                UseCache = !parsed.GetValue(_noCache),
                VerifyCache = parsed.GetValue(_verify),
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

/// <summary>The request of a <c>sweep submit</c> command line.</summary>
internal sealed record Submission
{
    /// <summary>The file of the spec.</summary>
    public required string Source { get; init; }

    /// <summary>The changes to the spec.</summary>
    public required IReadOnlyList<string> Assignments { get; init; }

    /// <summary>The cluster to run on; null for this machine.</summary>
    public required string? Cluster { get; init; }

    /// <summary>Whether to print JSON.</summary>
    public required bool Json { get; init; }

    /// <summary>Whether this process shows the sweep on a web page.</summary>
    public required bool Web { get; init; }

    /// <summary>Whether to hide progress.</summary>
    public required bool Quiet { get; init; }

    /// <summary>Whether the command returns once the sweep is submitted.</summary>
    public required bool Detach { get; init; }

    /// <summary>Whether the command stays until the sweep ends.</summary>
    public required bool Follow { get; init; }

    /// <summary>The options for submitting a new sweep.</summary>
    public required SubmitOptions Options { get; init; }

    /// <summary>The explicitly given options, which change an existing sweep.</summary>
    public required ShareChange Change { get; init; }

    /// <summary>Whether jobs with a cached result should run.</summary>
    public bool Computes => !Options.UseCache || Options.VerifyCache > 0;
}
