using System.Globalization;
using System.Text;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Output;

/// <summary>The table in LaTeX with the package booktabs, the best mean of each column in bold.</summary>
internal static class LatexTable
{
    /// <summary>Writes the table of a sweep.</summary>
    public static void Write(TextWriter output, SweepResults results)
    {
        WriteLines(output, ["Method", .. results.Datasets, "Average"], results.Rows.Select(row => (string[])
        [
            Escape(row.Label), .. results.Datasets.Select(name => Cell(results, name, row.Cells[name].Test)),
            row.Average is { } value ? Bold(Fixed(value), value == results.Rows.Max(r => r.Average)) : "--",
        ]));
        foreach (var note in results.Notes) output.WriteLine($"% {note}");
    }

    /// <summary>Writes any table of plain texts.</summary>
    public static void Write(TextWriter output, string[] headers, IEnumerable<string[]> rows) =>
        WriteLines(output, headers, rows.Select(row => Array.ConvertAll(row, cell => cell == "-" ? "--" : Escape(cell))));

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

    private static string Cell(SweepResults results, string dataset, Accuracy accuracy)
    {
        if (accuracy.Mean is not { } mean) return "--";
        var text = Bold(Fixed(mean), mean == results.Rows.Max(row => row.Cells[dataset].Test.Mean));
        // The deviation stands small, as in the papers' tables; eleven columns fit no page otherwise.
        return accuracy.Std is { } std ? $"{text}$_{{\\pm {Fixed(std)}}}$" : text;
    }

    private static string Fixed(double value) => value.ToString("F2", CultureInfo.InvariantCulture);

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
