using System.Text;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>
/// Writes LaTeX tables for the booktabs package, with the best mean of each column in bold. Comments below a table list the settings that
/// were chosen for the cells of adaptive rows.
/// </summary>
public static class LatexTable
{
    private const string None = "--";

    /// <summary>Writes a sweep's table.</summary>
    public static void Write(TextWriter output, SweepResults results, AccuracySplit split = AccuracySplit.Test)
    {
        var best = new BestCells(results, split);
        if (split != AccuracySplit.Test) output.WriteLine($"% {CellText.Heading(split)} in percent");
        WriteLines(output, Headers(results), results.Rows.Select(row => (string[])
        [
            Escape(row.Label), .. results.Datasets.Select(dataset => Cell(row.Cells[dataset], best.Contains(row, dataset), split)),
            row.Average is null ? None : Bold(CellText.Average(results, row, split), best.ContainsAverage(row)),
            row.TrainableParameters is null ? None : CellText.Number(row.TrainableParameters, "N0"),
        ]));
        if (BestCells.HasPartialMeans(results)) output.WriteLine("% *: runs are missing");
        if (best.ChoseByValidation) output.WriteLine($"% {BestCells.Note}");
        foreach (var row in results.Rows)
        {
            var chosen = results.Datasets.Select(dataset => (Dataset: dataset, Values: CellText.Chosen(row, row.Cells[dataset])))
                .Where(cell => cell.Values.Length > 0).ToArray();
            if (chosen.Length > 0)
                output.WriteLine($"% {OneLine(row.Label)}, chosen by validation accuracy: "
                    + string.Join("; ", chosen.Select(cell => $"{OneLine(cell.Dataset)} {OneLine(cell.Values)}")));
        }
    }

    /// <summary>Writes rows of plain text below the headers of a sweep's table. Leading spaces in a cell become an indent.</summary>
    public static void Write(TextWriter output, SweepResults results, IEnumerable<string[]> rows) =>
        WriteLines(output, Headers(results), rows.Select(row => Array.ConvertAll(row, cell => cell switch
        {
            "-" => None,
            [' ', ..] => $"\\quad {Escape(cell.TrimStart())}",
            ['-', >= '0' and <= '9', ..] => $"$-${cell[1..]}",
            _ => Escape(cell),
        })));

    /// <summary>Writes rows of plain text below their own headers; the first header is replaced by "Method".</summary>
    public static void Write(TextWriter output, string[] headers, IEnumerable<string[]> rows) =>
        WriteLines(output, ["Method", .. headers[1..]],
            rows.Select(row => Array.ConvertAll(row, cell => cell == "-" ? None : Escape(cell))));

    private static string[] Headers(SweepResults results) => ["Method", .. results.Datasets, "Average", "Parameters"];

    private static void WriteLines(TextWriter output, string[] headers, IEnumerable<string[]> rows)
    {
        output.WriteLine("% requires \\usepackage{booktabs}");
        output.WriteLine($"\\begin{{tabular}}{{l{new string('r', headers.Length - 1)}}}");
        output.WriteLine("\\toprule");
        output.WriteLine($"{string.Join(" & ", headers.Select(Escape))} \\\\");
        output.WriteLine("\\midrule");
        // The empty group keeps LaTeX from reading a leading [ or * as an argument of the line break before it.
        foreach (var row in rows) output.WriteLine($"{(row[0] is ['[' or '*', ..] ? "{}" : "")}{string.Join(" & ", row)} \\\\");
        output.WriteLine("\\bottomrule");
        output.WriteLine("\\end{tabular}");
    }

    private static string Cell(ResultCell cell, bool best, AccuracySplit split) => split switch
    {
        AccuracySplit.Test => Cell(cell, cell.Test, best),
        AccuracySplit.Validation => Cell(cell, cell.Validation, best),
        _ => cell.Test.Mean is null ? None : $"{Cell(cell, cell.Test, best)} / {Cell(cell, cell.Validation, best: false)}",
    };

    private static string Cell(ResultCell cell, Accuracy accuracy, bool best)
    {
        if (accuracy.Mean is null) return None;
        // The deviation is set as a small subscript, as in the papers' tables; eleven columns would not fit on a page otherwise.
        var below = accuracy.Std is { } std ? $"_{{\\pm {CellText.Number(std, "F2")}}}" : "";
        var above = cell.Complete ? "" : "^{*}";
        return Bold(CellText.Number(accuracy.Mean, "F2"), best) + (below.Length + above.Length > 0 ? $"${below}{above}$" : "");
    }

    /// <summary>Returns a text for a comment, which ends at the end of its line.</summary>
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static string Bold(string text, bool bold) => bold ? $"\\textbf{{{text}}}" : text;

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
        {
            escaped.Append(c switch
            {
                '\\' => "\\textbackslash{}",
                '<' => "\\textless{}",
                '>' => "\\textgreater{}",
                '±' => "$\\pm$",
                '·' => "$\\cdot$",
                '~' => "\\textasciitilde{}",
                '^' => "\\textasciicircum{}",
                '|' => "\\textbar{}",
                '"' => "''",
                // Two hyphens in a row would become a dash.
                '-' when escaped is { Length: > 0 } && escaped[^1] == '-' => "{}-",
                '&' or '%' or '$' or '#' or '_' or '{' or '}' => $"\\{c}",
                _ => $"{c}",
            });
        }
        return escaped.ToString();
    }
}
