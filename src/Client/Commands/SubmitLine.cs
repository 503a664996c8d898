using System.CommandLine;
using System.Text.Json.Nodes;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Commands;

/// <summary>The argument and options of <c>sweep submit</c>.</summary>
/// <param name="connector">The connector; the help text depends on its embedded mode.</param>
internal sealed class SubmitLine(Connector connector)
{
    private readonly RunLine _run = new(connector);
    private readonly Argument<string> _file = CommonOptions.SpecFile();
    private readonly Option<string[]> _set = CommonOptions.Set();
    private readonly Option<bool> _noCache = new("--no-cache")
    {
        Description = "Run every job, even if an earlier sweep has its result or trained prompts.",
    };
    private readonly Option<double> _verify = CheckedOptions.Number("--verify-cache",
        "The share of cached jobs, from 0 to 1, to run again and compare with the cached results.", 0,
        share => share is >= 0 and <= 1, "a share from 0 to 1");

    /// <summary>Adds the argument and the options to the command, in help order.</summary>
    public void AddTo(Command command)
    {
        command.Add(_file);
        Option[] options = [_run.Cluster, _run.Json, _set, .. _run.Others, _noCache, _verify];
        foreach (var option in options) command.Add(option);
    }

    /// <summary>Reads the submission from a command line.</summary>
    /// <exception cref="InvalidInputException">Two options are mutually exclusive.</exception>
    public Submission Read(ParseResult parsed)
    {
        var (assignments, run) = (parsed.GetValue(_set)!.ToList(), _run.Read(parsed, parsed.GetValue(_file)!));
        if (_run.Name(parsed) is { } name) assignments.Add($"name={JsonValue.Create(name).ToJsonString()}");
        return run with
        {
            Assignments = assignments,
            Options = run.Options with { UseCache = !parsed.GetValue(_noCache), VerifyCache = parsed.GetValue(_verify) },
        };
    }
}

/// <summary>A request to submit a sweep, as read from a command line.</summary>
internal sealed record Submission
{
    /// <summary>The name of the spec for error messages, such as its file name.</summary>
    public required string Source { get; init; }

    /// <summary>The changes to the spec; none by default.</summary>
    public IReadOnlyList<string> Assignments { get; init; } = [];

    /// <summary>The cluster to run on; null for this machine.</summary>
    public required string? Cluster { get; init; }

    /// <summary>Whether to print JSON.</summary>
    public required bool Json { get; init; }

    /// <summary>Whether this process serves a web page that shows the sweep.</summary>
    public required bool Web { get; init; }

    /// <summary>Whether to hide progress.</summary>
    public required bool Quiet { get; init; }

    /// <summary>Whether the command returns once the sweep is submitted.</summary>
    public required bool Detach { get; init; }

    /// <summary>Whether the command stays until the sweep ends.</summary>
    public required bool Follow { get; init; }

    /// <summary>The options for submitting a new sweep.</summary>
    public required SubmitOptions Options { get; init; }

    /// <summary>The options given explicitly on the command line; they are applied if the sweep already exists.</summary>
    public required ShareChange Change { get; init; }

    /// <summary>Whether jobs with a cached result should run.</summary>
    public bool Computes => !Options.UseCache || Options.VerifyCache > 0;
}
