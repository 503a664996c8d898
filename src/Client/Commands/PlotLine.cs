using System.CommandLine;
using System.Globalization;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Plots;

namespace AdaptCluster.Client.Commands;

/// <summary>The argument and options of <c>sweep plot</c>.</summary>
internal sealed class PlotLine
{
    private static readonly string[] Kinds = ["table", "average", "t-target", "curve", "context-length", "masks"];

    private readonly Argument<string> _id;
    private readonly Option<string> _kind = new Option<string>("--kind")
    {
        Description =
            "table (heat map), average (bars), t-target (accuracy over T_target), curve (accuracy over another setting), context-length "
            + "(tokens over epochs, of one job) or masks (which tokens lived, of one job).",
        Required = true,
    }.OneOf(Kinds);
    private readonly Option<string> _file = new("--out")
    {
        Description = "The file to write; its name ends in .png or .svg.",
        Required = true,
    };
    private readonly Option<string?> _job;
    private readonly Option<string?> _dataset = new("--dataset") { Description = "For t-target and curve: this data set alone." };
    private readonly Option<string?> _axis = new("--axis")
    {
        Description = "For curve: the setting, such as learningRate, of which the sweep trains several numbers.",
    };
    private readonly Option<int[]> _steps = CheckedOptions.WholeNumbers("--step",
        "For masks: the masks after this prune step (0: before the first) instead of each token's life; may be given several times.",
        least: 0);
    private readonly Option<string?> _size = new("--size")
    {
        Description = "Pixels, such as 1600x900; the figure's own size unless told.",
    };
    private readonly Option<bool> _force = new("--force") { Description = "Replace the file where it is there already." };
    private readonly Option<string?> _cluster;
    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>Creates them.</summary>
    /// <param name="connector">Completes ids.</param>
    public PlotLine(Connector connector)
    {
        (_id, _cluster) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector));
        _job = new("--job")
        {
            Description = "The job of context-length and masks: its id, or an unambiguous prefix of it.",
            CompletionSources = { context => KnownIds.Jobs(connector, context) },
        };
        _size.Validators.Add(result =>
        {
            if (result.GetValue(_size) is { } text && Size(text) is null)
                result.AddError($"--size: found '{text}'; write width x height in pixels, 100 to {Figure.MaxSide}, such as 1600x900");
        });
    }

    /// <summary>Adds them to the command, in help order.</summary>
    public void AddTo(Command command)
    {
        command.Add(_id);
        foreach (var option in (Option[])[_kind, _file, _job, _dataset, _axis, _steps, _size, _force, _cluster, _json]) command.Add(option);
    }

    /// <summary>Reads the request from a command line.</summary>
    /// <exception cref="InvalidInputException">The file name is invalid, or an option belongs to another kind of figure.</exception>
    public PlotRequest Read(ParseResult parsed)
    {
        var asked = new PlotRequest
        {
            Id = parsed.GetValue(_id)!,
            Kind = parsed.GetValue(_kind)!,
            File = parsed.GetValue(_file)!,
            Job = parsed.GetValue(_job),
            Dataset = parsed.GetValue(_dataset),
            Axis = parsed.GetValue(_axis),
            Steps = parsed.GetValue(_steps) ?? [],
            Size = parsed.GetValue(_size) is { } size ? Size(size) : null,
            Force = parsed.GetValue(_force),
            Cluster = parsed.GetValue(_cluster),
            Json = parsed.GetValue(_json),
        };
        if (asked.File.Length == 0) throw new InvalidInputException("--out: found an empty text; write the name of a .png or .svg file.");
        Figure.IsSvg(asked.File);
        Only(asked.Job is not null, "--job", "context-length", "masks");
        Only(asked.Dataset is not null, "--dataset", "t-target", "curve");
        Only(asked.Axis is not null, "--axis", "curve");
        Only(asked.Steps.Length > 0, "--step", "masks");
        return asked;

        void Only(bool given, string option, params string[] kinds)
        {
            if (given && !kinds.Contains(asked.Kind))
                throw new InvalidInputException(
                    $"{option}: is for --kind {string.Join(" and ", kinds)}, and this is {asked.Kind}; leave it out.");
        }
    }

    private static (int Width, int Height)? Size(string text) =>
        text.Split('x') is [var w, var h] && int.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(h, NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            && Math.Min(width, height) >= 100 && Math.Max(width, height) <= Figure.MaxSide ? (width, height) : null;
}

/// <summary>The requested figure.</summary>
internal sealed record PlotRequest
{
    /// <summary>The sweep.</summary>
    public required string Id { get; init; }

    /// <summary>The kind of figure.</summary>
    public required string Kind { get; init; }

    /// <summary>The file to write.</summary>
    public required string File { get; init; }

    /// <summary>The job, for kinds that draw one.</summary>
    public required string? Job { get; init; }

    /// <summary>The only data set to draw, for curves; null for all.</summary>
    public required string? Dataset { get; init; }

    /// <summary>The setting on the x-axis, for curves.</summary>
    public required string? Axis { get; init; }

    /// <summary>The prune steps, for masks; empty to draw each token's lifetime.</summary>
    public required int[] Steps { get; init; }

    /// <summary>The size in pixels; null for the figure's default.</summary>
    public required (int Width, int Height)? Size { get; init; }

    /// <summary>Whether to replace an existing file.</summary>
    public required bool Force { get; init; }

    /// <summary>The cluster of the sweep; null for this machine.</summary>
    public required string? Cluster { get; init; }

    /// <summary>Whether to print JSON.</summary>
    public required bool Json { get; init; }
}
