using System.CommandLine;
using System.Globalization;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Plots;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary>The argument and options of <c>sweep plot</c>.</summary>
internal sealed class PlotLine
{
    private readonly Argument<string> _id;
    private readonly Option<string> _kind =
        new Option<string>("--kind") { Description = PlotKind.Description, Required = true }.OneOf(PlotKind.Names);
    private readonly Option<string> _file = new("--out")
    {
        Description = "The file to write; its name ends in .pdf, .svg or .png.",
        Required = true,
    };
    private readonly Option<string?> _job;
    private readonly Option<string?> _dataset = new("--dataset")
    {
        Description = $"For {PlotKind.With("--dataset")}: draw only this data set.",
    };
    private readonly Option<string?> _axis = new("--axis")
    {
        Description = "For axis: the setting on the x-axis, such as shots or learningRate. For curves: epoch (the default) or iteration.",
        CompletionSources = { AdaptCluster.Contracts.Planning.AxisValues.Shots, "learningRate", "epoch", "iteration" },
    };
    private readonly Option<string> _split = new Option<string>("--split")
    {
        Description = "For t-target, axis and confusion: test, validation or both. Default: both for t-target, otherwise test.",
    }.OneOf("test", "validation", "both");
    private readonly Option<string?> _on = new("--on")
    {
        Description = "For confusion: draw the predictions on this data set from the spec's \"evaluate\".",
    };
    private readonly Option<string> _values = new Option<string>("--values")
    {
        Description = "For confusion: show counts (the default) or shares, in percent of the class.",
    }.OneOf("counts", "shares");
    private readonly Option<int[]> _steps = CheckedOptions.WholeNumbers("--step",
        "For masks: draw the masks after this prune step (0: before the first) instead of when each token was pruned; may "
        + "be given several times.",
        least: 0);
    private readonly Option<string?> _size = new("--size")
    {
        Description = "The size in pixels (in a PDF: points of 1/72 inch), such as 1600x900. Default: depends on the figure.",
    };
    private readonly Option<bool> _force = new("--force") { Description = "Replace the file if it exists." };
    private readonly Option<string?> _cluster;
    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>Initializes the argument and the options.</summary>
    /// <param name="connector">The connector, which supplies the ids for completion.</param>
    public PlotLine(Connector connector)
    {
        (_id, _cluster) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector));
        _job = new("--job")
        {
            Description = $"For {PlotKind.With("--job")}: draw only this job: its id, or an unambiguous prefix of it.",
            CompletionSources = { context => KnownIds.Jobs(connector, context) },
        };
        _size.Validators.Add(result =>
        {
            if (result.GetValue(_size) is { } text && Size(text) is null)
                result.AddError($"--size: found '{text}'; write width x height in pixels, 100 to {Figure.MaxSide}, such as 1600x900");
        });
    }

    /// <summary>Adds the argument and the options to the command, in help order.</summary>
    public void AddTo(Command command)
    {
        command.Add(_id);
        Option[] options = [_kind, _file, _job, _dataset, _axis, _split, _on, _values, _steps, _size, _force, _cluster, _json];
        foreach (var option in options) command.Add(option);
    }

    /// <summary>Reads the request from a command line.</summary>
    /// <exception cref="InvalidInputException">The file name is invalid, or an option does not apply to this kind of figure.</exception>
    public PlotRequest Read(ParseResult parsed)
    {
        var (kind, split) = (parsed.GetValue(_kind)!, parsed.GetValue(_split));
        var asked = new PlotRequest
        {
            Id = parsed.GetValue(_id)!,
            Kind = kind,
            File = parsed.GetValue(_file)!,
            Job = parsed.GetValue(_job),
            Dataset = parsed.GetValue(_dataset),
            Axis = parsed.GetValue(_axis),
            Split = Enum.Parse<AccuracySplit>(split ?? (kind == PlotKind.TTarget ? "both" : "test"), ignoreCase: true),
            On = parsed.GetValue(_on),
            Shares = parsed.GetValue(_values) == "shares",
            Steps = parsed.GetValue(_steps) ?? [],
            Size = parsed.GetValue(_size) is { } size ? Size(size) : null,
            Force = parsed.GetValue(_force),
            Cluster = parsed.GetValue(_cluster),
            Json = parsed.GetValue(_json),
        };
        if (asked.File.Length == 0)
            throw new InvalidInputException("--out: found an empty value; write the name of a .pdf, .svg or .png file.");
        FigureFormats.Of(asked.File);
        Only(asked.Job is not null, _job);
        Only(asked.Dataset is not null, _dataset);
        Only(asked.Axis is not null, _axis);
        Only(split is not null, _split);
        Only(asked.On is not null, _on);
        Only(parsed.GetValue(_values) is not null, _values);
        Only(asked.Steps.Length > 0, _steps);
        if (kind == PlotKind.Confusion && asked.Split == AccuracySplit.Both)
            throw new InvalidInputException("--split both: --kind confusion draws one split; write test or validation.");
        if (kind == PlotKind.Curves && asked.Axis is not (null or "epoch" or "iteration"))
            throw new InvalidInputException($"--axis {asked.Axis}: for --kind curves, write epoch or iteration.");
        if (asked.Job is not null && asked.Dataset is not null)
            throw new InvalidInputException("--job and --dataset: a job has only one data set; use only one of these options.");
        return asked;

        void Only(bool given, Option option)
        {
            if (given && !PlotKind.Has(kind, option.Name))
                throw new InvalidInputException(
                    $"{option.Name}: applies only to --kind {PlotKind.With(option.Name)}, not to {kind}; leave it out.");
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
    /// <summary>The sweep's id, a prefix of it, or "latest".</summary>
    public required string Id { get; init; }

    /// <summary>The kind of figure.</summary>
    public required string Kind { get; init; }

    /// <summary>The file to write.</summary>
    public required string File { get; init; }

    /// <summary>The job, for kinds of figures that show a single job.</summary>
    public required string? Job { get; init; }

    /// <summary>The only data set to plot; null for all.</summary>
    public required string? Dataset { get; init; }

    /// <summary>The setting on the x-axis, or for curves "epoch" or "iteration"; null if not given.</summary>
    public required string? Axis { get; init; }

    /// <summary>The split whose accuracies or predictions are plotted.</summary>
    public required AccuracySplit Split { get; init; }

    /// <summary>The evaluation target whose predictions are plotted; null for the job's own data set.</summary>
    public required string? On { get; init; }

    /// <summary>Whether a confusion matrix shows percentages instead of numbers of images.</summary>
    public required bool Shares { get; init; }

    /// <summary>The prune steps, for masks; empty to plot each token's lifetime.</summary>
    public required int[] Steps { get; init; }

    /// <summary>The size in pixels, or in points for PDF; null for the figure's default.</summary>
    public required (int Width, int Height)? Size { get; init; }

    /// <summary>Whether to replace an existing file.</summary>
    public required bool Force { get; init; }

    /// <summary>The cluster of the sweep; null for this machine.</summary>
    public required string? Cluster { get; init; }

    /// <summary>Whether to print JSON.</summary>
    public required bool Json { get; init; }
}
