using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Output;

/// <summary>Writes a comparison in one of the formats of <c>sweep results --compare</c>.</summary>
internal static class ComparisonWriter
{
    /// <summary>Writes the comparison.</summary>
    /// <param name="output">The writer that receives the text.</param>
    /// <param name="comparison">The comparison.</param>
    /// <param name="format">The format: text, md, csv, latex or json.</param>
    /// <param name="allNotes">Whether to list notes one by one rather than by kind.</param>
    public static void Write(TextWriter output, Comparison comparison, string format, bool allNotes = false)
    {
        var results = comparison.Results;
        switch (format)
        {
            case "json": Json(output, comparison); return;
            case "csv": Csv(output, comparison); return;
            case "latex": LatexTable.Write(output, results, Grid(comparison)); break;
            case "md": TableWriter.MarkdownGrid(output, TableWriter.Headers(results), Grid(comparison)); break;
            default:
                Terminal.WriteWrapped(
                    output, $"{results.Name} ({results.Sweep}): test accuracy in percent; this sweep, reported, difference");
                TextTable.Write(output, TableWriter.Headers(results), Grid(comparison));
                break;
        }
        ResultsWriter.WriteNotes(output, comparison.Notes.Concat(TableWriter.Notes(results, allNotes)), format);
    }

    /// <summary>Returns three lines for each reported row, and one for each other row.</summary>
    private static IEnumerable<string[]> Grid(Comparison comparison)
    {
        foreach (var row in comparison.Results.Rows)
        {
            (double? Ours, double? Theirs, double? Difference)[] cells =
                [.. comparison.Results.Datasets.Select(dataset => comparison.Cell(row, dataset)), comparison.Average(row)];
            yield return [row.Label, .. cells.Select(cell => CellText.Number(cell.Ours, "F2")),
                CellText.Number(row.TrainableParameters, "N0")];
            if (comparison.Of(row) is not { } reported) continue;
            yield return ["  reported", .. cells.Select(cell => CellText.Number(cell.Theirs, "F2")),
                CellText.Number(reported.TrainableParameters, "N0")];
            yield return ["  difference", .. cells.Select(cell => CellText.Difference(cell.Difference)),
                CellText.Number(row.TrainableParameters - reported.TrainableParameters, "+#,0;-#,0;0")];
        }
    }

    private static void Csv(TextWriter output, Comparison comparison)
    {
        output.WriteLine("row,dataset,test,reported,difference");
        foreach (var row in comparison.Results.Rows)
        {
            foreach (var dataset in comparison.Results.Datasets)
            {
                var (ours, theirs, difference) = comparison.Cell(row, dataset);
                output.WriteLine(string.Join(',', TableWriter.Quote(row.Label), TableWriter.Quote(dataset), Exact(ours),
                    Exact(theirs), Exact(difference)));
            }
        }
        static string Exact(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
    }

    /// <summary>Writes the table of <c>results --json</c> with the reported results added to each row.</summary>
    private static void Json(TextWriter output, Comparison comparison)
    {
        var table = JsonSerializer.SerializeToNode(comparison.Results, AdaptClusterJson.Indented)!.AsObject();
        table["compared"] = new JsonObject
        {
            ["source"] = comparison.Reported.Source,
            ["notes"] = new JsonArray([.. comparison.Notes.Select(note => JsonValue.Create(note))]),
        };
        foreach (var (row, node) in comparison.Results.Rows.Zip(table["rows"]!.AsArray()))
        {
            if (comparison.Of(row) is not { } reported) continue;
            var cells = new JsonObject();
            foreach (var dataset in comparison.Results.Datasets) cells[dataset] = Numbers(comparison.Cell(row, dataset));
            node!["reported"] = new JsonObject
            {
                ["label"] = reported.Label,
                ["trainableParameters"] = reported.TrainableParameters,
                ["gflops"] = reported.Gflops,
                ["average"] = Numbers(comparison.Average(row)),
                ["cells"] = cells,
            };
        }
        output.WriteLine(table.ToJsonString(AdaptClusterJson.Indented));
        static JsonObject Numbers((double? Ours, double? Theirs, double? Difference) numbers) =>
            new() { ["test"] = numbers.Ours, ["reported"] = numbers.Theirs, ["difference"] = numbers.Difference };
    }
}
