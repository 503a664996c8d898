using System.Text;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Reports;

namespace AdaptCluster.Client.Output;

/// <summary>The table in LaTeX with the package booktabs, the best mean of each column in bold.</summary>
internal static class LatexTable
{
    private const string None = "--";

    /// <summary>Writes the table of a sweep.</summary>
    public static void Write(TextWriter output, SweepResults results)
    {
        var best = new BestCells(results);
        WriteLines(output, ["Method", .. results.Datasets, "Average"], results.Rows.Select(row => (string[])
        [
            Escape(row.Label), .. results.Datasets.Select(dataset => Cell(row.Cells[dataset].Test, best.Contains(row, dataset))),
            row.Average is null ? None : Bold(CellText.Number(row.Average, "F2"), best.ContainsAverage(row)),
        ]));
    }

    /// <summary>Writes any table of plain texts.</summary>
    public static void Write(TextWriter output, string[] headers, IEnumerable<string[]> rows) =>
        WriteLines(output, headers, rows.Select(row => Array.ConvertAll(row, cell => cell == "-" ? None : Escape(cell))));

    private static void WriteLines(TextWriter output, string[] headers, IEnumerable<string[]> rows)
    {
        output.WriteLine("% needs \\usepackage{booktabs}");
        output.WriteLine($"\\begin{{tabular}}{{l{new string('r', headers.Length - 1)}}}");
        output.WriteLine("\\toprule");
        output.WriteLine($"{string.Join(" & ", headers.Select(Escape))} \\\\");
        output.WriteLine("\\midrule");
        foreach (var row in rows) output.WriteLine($"{string.Join(" & ", row)} \\\\");
        output.WriteLine("\\bottomrule");
        output.WriteLine("\\end{tabular}");
    }

    private static string Cell(Accuracy accuracy, bool best)
    {
        if (accuracy.Mean is null) return None;
        var text = Bold(CellText.Number(accuracy.Mean, "F2"), best);
        // The deviation stands small, as in the papers' tables; eleven columns fit no page otherwise.
        return accuracy.Std is { } std ? $"{text}$_{{\\pm {CellText.Number(std, "F2")}}}$" : text;
    }

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
                '&' or '%' or '$' or '#' or '_' or '{' or '}' => $"\\{c}",
                _ => $"{c}",
            });
        }
        return escaped.ToString();
    }
}
