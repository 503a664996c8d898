using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Output;

/// <summary>Writes the tables of a sweep's protocols below its own, such as Base, New and H.</summary>
internal static class SectionsWriter
{
    private const string Refused = "cannot";

    /// <summary>Writes all sections; nothing where there are none.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="results">The table.</param>
    /// <param name="format">text, md or latex.</param>
    public static void Write(TextWriter output, SweepResults results, string format)
    {
        foreach (var section in results.Sections ?? [])
        {
            var (headers, rows) = ((string[])["", .. section.Columns, "average"], section.Rows.Select(Row));
            var title = PrintableText.OneLine(section.Title);
            switch (format)
            {
                case "md":
                    output.WriteLine($"\n**{title}**\n");
                    ResultsWriter.MarkdownGrid(output, headers, rows);
                    break;
                case "latex":
                    output.WriteLine($"% {title}");
                    LatexTable.Write(output, headers, rows);
                    break;
                default:
                    output.WriteLine($"\n{title}");
                    TextTable.Write(output, headers, rows);
                    break;
            }
        }
    }

    private static string[] Row(SectionRow row) => [row.Label, .. row.Cells.Select(Text), CellText.Number(row.Average, "F2")];

    private static string Text(SectionCell cell)
    {
        if (cell.Refused) return Refused;
        var text = cell.Accuracy is { } accuracy ? CellText.Of(accuracy) : CellText.Number(cell.Value, "F2");
        return cell.Complete || cell.Accuracy is not { Runs.Length: > 0 } ? text
            : $"{text} ({CountText.Of(cell.Accuracy.Runs.Length, "run")} so far)";
    }
}
