using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>Writes the tables for a sweep's evaluation protocols, such as Base, New and H, below its main table.</summary>
public static class SectionsWriter
{
    private const string Refused = "cannot";

    /// <summary>Writes all sections, if there are any.</summary>
    /// <param name="output">The destination.</param>
    /// <param name="results">The table.</param>
    /// <param name="format">The format: md or latex.</param>
    public static void Write(TextWriter output, SweepResults results, string format)
    {
        foreach (var section in results.Sections ?? [])
        {
            if (format == "latex")
            {
                output.WriteLine($"% {Title(section)}");
                LatexTable.Write(output, Headers(section), Grid(section));
            }
            else
            {
                output.WriteLine($"\n**{Title(section)}**\n");
                TableWriter.MarkdownGrid(output, Headers(section), Grid(section));
            }
        }
    }

    /// <summary>Returns the title of a section's table.</summary>
    public static string Title(ResultSection section) => PrintableText.OneLine(section.Title);

    /// <summary>Returns the column headers of <see cref="Grid"/>.</summary>
    public static string[] Headers(ResultSection section) => ["", .. section.Columns, "average"];

    /// <summary>Returns the rows of a section's table: label, one cell per column, average.</summary>
    public static IEnumerable<string[]> Grid(ResultSection section) => section.Rows.Select(Row);

    private static string[] Row(SectionRow row) => [row.Label, .. row.Cells.Select(Text), CellText.Number(row.Average, "F2")];

    private static string Text(SectionCell cell)
    {
        if (cell.Refused) return Refused;
        var text = cell.Accuracy is { } accuracy ? CellText.Of(accuracy) : CellText.Number(cell.Value, "F2");
        return cell.Complete || cell.Accuracy is not { Runs.Length: > 0 } ? text
            : $"{text} ({CountText.Of(cell.Accuracy.Runs.Length, "run")} so far)";
    }
}
