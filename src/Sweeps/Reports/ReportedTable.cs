using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>
/// A published table, as <c>--compare</c> reads it: examples/paper.reported.json, or the output of <c>results --json</c>.
/// </summary>
public sealed record ReportedTable
{
    /// <summary>Options that reject null for values that must not be null. The serializer does not check the elements of lists.</summary>
    private static readonly JsonSerializerOptions Strict = new(AdaptClusterJson.Compact) { RespectNullableAnnotations = true };

    /// <summary>The publication or sweep that the values come from.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// The rounding that the table's authors used: "none", or "mean of one-decimal runs" as in the scripts of the CoOp family.
    /// </summary>
    public string Rounding { get; init; } = "none";

    /// <summary>The notes to show with a comparison.</summary>
    public string[] Notes { get; init; } = [];

    /// <summary>The table's rows.</summary>
    public required ReportedRow[] Rows { get; init; }

    /// <summary>Whether runs are rounded before they are averaged, as in the reported table.</summary>
    public bool RoundsRuns => Rounding == OneDecimal;

    private const string OneDecimal = "mean of one-decimal runs";

    /// <summary>
    /// Returns the reported row that corresponds to a row of a sweep: the row with the same label if there is one, otherwise the only row
    /// with the same method, scorer, T_target, shots and backbone. A row that states its shots does not match a row that does not.
    /// </summary>
    /// <returns>The row; null if there is none.</returns>
    public ReportedRow? Find(ResultRow row)
    {
        if (Rows.FirstOrDefault(reported => reported.Label == row.Label) is { } named) return named;
        return Rows.Where(reported => reported.Method == row.Method && reported.Scorer == row.Scorer && reported.TTarget == row.TTarget
            && reported.Adaptive == row.Adaptive && Same(reported.Axes, row.Axes, AxisValues.Shots)
            && Same(reported.Axes, row.Axes, AxisValues.Backbone)).ToArray() is [var only] ? only : null;
    }

    private static bool Same(AxisValues? theirs, AxisValues? ours, string axis) => Equals(theirs?[axis], ours?[axis]);

    /// <summary>The values in the ADAPT paper's tables.</summary>
    public static ReportedTable Paper { get; } = ReadPaper();

    /// <summary>Parses a table.</summary>
    /// <param name="text">The contents of a file.</param>
    /// <param name="source">The name of the file in error messages.</param>
    /// <exception cref="InvalidInputException">The text is not a table; the message contains the JSON path.</exception>
    public static ReportedTable Parse(string text, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException($"found {document.RootElement.ValueKind}");
            var table = document.RootElement.TryGetProperty("sweep", out _)
                ? From(JsonSerializer.Deserialize<SweepResults>(text, Strict)!)
                : JsonSerializer.Deserialize<ReportedTable>(text, Strict)!;
            if (table.Rows.Contains(null!) || table.Notes.Contains(null!)) throw new JsonException("found null in a list");
            if (table.Rounding is not ("none" or OneDecimal))
                throw new InvalidInputException($"{source}: $.rounding: found '{table.Rounding}'; write \"none\" or \"{OneDecimal}\".");
            if (table.Rows.Any(row => row.Test.Values.Any(value => value is not (>= 0 and <= 100))))
                throw new InvalidInputException($"{source}: $.rows: an accuracy is not a percentage from 0 to 100.");
            return table;
        }
        catch (JsonException e)
        {
            throw new InvalidInputException(
                $"{source}: {e.Path ?? "$"}: not a table of reported results ({Why(e)}); examples/paper.reported.json shows the "
                    + "format.", e);
        }
    }

    /// <summary>Returns the serializer's message without the names of .NET types.</summary>
    private static string Why(JsonException e) => e.Message.Split('\'') switch
    {
        [var start, var key, ..] when start.StartsWith("The JSON property", StringComparison.Ordinal)
            && e.Message.Contains("could not be mapped", StringComparison.Ordinal) => $"unknown key '{key}'",
        [_, _, .. var rest] when e.Message.Contains("was missing required properties", StringComparison.Ordinal) =>
            $"missing {string.Join(", ", rest.Where((_, index) => index % 2 == 1).Select(key => $"'{key}'"))}",
        _ => e.Message.Split(". ")[0].TrimEnd('.'),
    };

    private static ReportedTable ReadPaper()
    {
        const string name = "paper.reported.json";
        using var stream = typeof(ReportedTable).Assembly.GetManifestResourceStream(name)!;
        return Parse(new StreamReader(stream).ReadToEnd(), name);
    }

    private static ReportedTable From(SweepResults results) => results.Rows.Any(row => row is null || row.Cells.ContainsValue(null!))
        ? throw new JsonException("found null for a row or a cell") : new()
        {
            Source = $"{results.Name} ({results.Sweep})",
            Notes = results.Notes,
            Rows = [.. results.Rows.Select(row => new ReportedRow
        {
            Label = row.Label,
            Method = row.Method,
            Scorer = row.Scorer,
            TTarget = row.TTarget,
            Adaptive = row.Adaptive,
            Axes = row.Axes,
            TrainableParameters = row.TrainableParameters,
            Gflops = row.Gflops,
            Average = row.Average,
            Test = row.Cells.Where(cell => cell.Value.Test.Mean is not null)
                .ToDictionary(cell => cell.Key, cell => cell.Value.Test.Mean!.Value),
        })],
        };
}

/// <summary>One row of a published table.</summary>
public sealed record ReportedRow
{
    /// <summary>The row's label.</summary>
    public required string Label { get; init; }

    /// <summary>The method's name.</summary>
    public required string Method { get; init; }

    /// <summary>Adapt only: the saliency score.</summary>
    public Scorer? Scorer { get; init; }

    /// <summary>The T_target of an Adapt row with a single T_target; otherwise null.</summary>
    public int? TTarget { get; init; }

    /// <summary>Whether T_target was chosen per data set.</summary>
    public bool Adaptive { get; init; }

    /// <summary>The row's values on other axes, such as shots; null if there are none.</summary>
    public AxisValues? Axes { get; init; }

    /// <summary>The number of trained parameters.</summary>
    public double? TrainableParameters { get; init; }

    /// <summary>The number of MACs in billions, as counted by the table's authors.</summary>
    public double? Gflops { get; init; }

    /// <summary>The mean test accuracy over the row's data sets, in percent.</summary>
    public double? Average { get; init; }

    /// <summary>The test accuracies in percent, keyed by data set.</summary>
    public required Dictionary<string, double> Test { get; init; }

    /// <summary>A note about the row for readers; null if there is none.</summary>
    public string? Note { get; init; }
}
