using System.Globalization;
using System.Text;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Output;

/// <summary>The table in LaTeX with the package booktabs, the best mean of each column in bold.</summary>
internal static class LatexTable
{
    public static void Write(TextWriter output, SweepResults results)
    {
        output.WriteLine("% needs \\usepackage{booktabs}");
        output.WriteLine($"\\begin{{tabular}}{{l{new string('r', results.Datasets.Length + 1)}}}");
        output.WriteLine("\\toprule");
        output.WriteLine($"Method & {string.Join(" & ", results.Datasets.Select(Escape))} & Average \\\\");
        output.WriteLine("\\midrule");
        foreach (var row in results.Rows)
        {
            var cells = results.Datasets.Select(name => Cell(results, name, row.Cells[name].Test));
            var average = row.Average is { } value ? Bold(Fixed(value), value == results.Rows.Max(r => r.Average)) : "--";
            output.WriteLine($"{Escape(row.Label)} & {string.Join(" & ", cells)} & {average} \\\\");
        }
        output.WriteLine("\\bottomrule");
        output.WriteLine("\\end{tabular}");
        foreach (var note in results.Notes) output.WriteLine($"% {note}");
    }

    private static string Cell(SweepResults results, string dataset, Accuracy accuracy)
    {
        if (accuracy.Mean is not { } mean) return "--";
        var text = Bold(Fixed(mean), mean == results.Rows.Max(row => row.Cells[dataset].Test.Mean));
        return accuracy.Std is { } std ? $"{text} $\\pm$ {Fixed(std)}" : text;
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
                '~' => "\\textasciitilde{}",
                '^' => "\\textasciicircum{}",
                '&' or '%' or '$' or '#' or '_' or '{' or '}' => $"\\{c}",
                _ => $"{c}",
            });
        }
        return escaped.ToString();
    }
}
