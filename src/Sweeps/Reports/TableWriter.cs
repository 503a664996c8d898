using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>Writes a sweep's table for other programs: Markdown, CSV or LaTeX.</summary>
public static class TableWriter
{
    /// <summary>Writes the table.</summary>
    /// <param name="output">The destination.</param>
    /// <param name="results">The table.</param>
    /// <param name="format">The format: md, csv or latex.</param>
    /// <param name="split">The accuracies to show in Markdown and LaTeX; CSV contains all of them.</param>
    /// <param name="allNotes">Whether to list every note instead of one line per kind.</param>
    public static void Write(
        TextWriter output, SweepResults results, string format, AccuracySplit split = AccuracySplit.Test, bool allNotes = false)
    {
        switch (format)
        {
            case "csv": Csv(output, results); return;
            case "md": MarkdownGrid(output, Headers(results), Grid(results, split)); break;
            case "latex": LatexTable.Write(output, results, split); break;
            default: throw new ArgumentOutOfRangeException(nameof(format), format, "md, csv or latex");
        }
        // Sections contain only test accuracies.
        if (split != AccuracySplit.Validation) SectionsWriter.Write(output, results, format);
        foreach (var note in Notes(results, allNotes)) WriteNote(output, note, format);
    }

    /// <summary>Returns the notes to show below the table, starting with the sweep's state if the sweep is not completed.</summary>
    /// <param name="results">The table.</param>
    /// <param name="all">Whether to return every note. Otherwise, notes are grouped by kind, and a last line tells users how to list all
    /// notes.</param>
    public static IEnumerable<string> Notes(SweepResults results, bool all = false)
    {
        var grouped = all ? results.Notes : NoteGroups.Of(results.Notes);
        return [.. State(results), .. grouped, .. grouped.Count < results.Notes.Length
            ? (string[])[$"'sweep results {results.Sweep} --notes' lists all {results.Notes.Length} notes"] : []];
    }

    private static string[] State(SweepResults results) => results.State == SweepState.Completed ? []
        : [$"{AdaptClusterJson.Name(results.State)}: {results.Jobs.Completed} of {CountText.Of(results.Jobs.Total, "job")} completed"];

    /// <summary>Writes a note below a table: a comment in LaTeX, a paragraph in Markdown.</summary>
    /// <param name="output">The destination.</param>
    /// <param name="note">The note. It can come from a reported table, so it is not trusted.</param>
    /// <param name="format">The format: md or latex.</param>
    public static void WriteNote(TextWriter output, string note, string format) => output.WriteLine(format == "latex"
        ? $"% {PrintableText.OneLine(note)}" : $"\n{Escape(PrintableText.OneLine(note))}");

    /// <summary>Returns the rows of the table: label, one cell per data set, average, trainable parameters.</summary>
    public static IEnumerable<string[]> Grid(SweepResults results, AccuracySplit split = AccuracySplit.Test) =>
        results.Rows.Select(row => (string[])
            [row.Label, .. results.Datasets.Select(name => CellText.Of(row, row.Cells[name], split)), CellText.Average(results, row, split),
                CellText.Parameters(row)]);

    /// <summary>Returns the column headers of <see cref="Grid"/>.</summary>
    public static string[] Headers(SweepResults results) => ["", .. results.Datasets, "average", "parameters"];

    /// <summary>Writes a Markdown table. The first column is left-aligned, the others right-aligned.</summary>
    public static void MarkdownGrid(TextWriter output, string[] headers, IEnumerable<string[]> rows)
    {
        // The columns are padded, so that the source is readable too.
        string[][] lines = [[.. headers.Select(Escape)], .. rows.Select(row => Array.ConvertAll(row, Escape))];
        int[] widths = [.. headers.Select((_, column) => Math.Max(4, lines.Max(line => line[column].Length)))];
        var written = lines.Select(line =>
            $"| {string.Join(" | ", line.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column])))} "
                + "|").ToArray();
        output.WriteLine(written[0]);
        var rules = widths.Select((width, column) => column == 0 ? new string('-', width) : $"{new string('-', width - 1)}:");
        output.WriteLine($"| {string.Join(" | ", rules)} |");
        foreach (var line in written[1..]) output.WriteLine(line);
    }

    /// <summary>Escapes text for a Markdown cell, so that no cell ends early and nothing is read as HTML.</summary>
    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    /// <summary>
    /// Formats a field of a CSV file. A leading formula character is escaped, because spreadsheets would evaluate it, and labels can come
    /// from other users' specs.
    /// </summary>
    public static string Quote(string text)
    {
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@') text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>Writes one line per row and data set, so that any tool can pivot the table.</summary>
    private static void Csv(TextWriter output, SweepResults results)
    {
        output.WriteLine(
            "row,method,scorer,adaptive,dataset,t_target,complete,runs,test_mean,test_std,validation_mean,validation_std,flags,"
            + "axes,chosen" + (results.Sections is null ? "" : ",section"));
        foreach (var row in results.Rows)
        {
            foreach (var dataset in results.Datasets)
            {
                var cell = row.Cells[dataset];
                var scorer = row.Scorer?.Name ?? "";
                string[] fields =
                [
                    Quote(row.Label), row.Method, scorer, Bool(row.Adaptive), Quote(dataset), $"{cell.TTarget}", Bool(cell.Complete),
                    $"{cell.Test.Runs.Length}",
                    Exact(cell.Test.Mean), Exact(cell.Test.Std), Exact(cell.Validation.Mean), Exact(cell.Validation.Std),
                    string.Join(' ', cell.Flags), Quote(row.Axes.ToString()), Quote(cell.Chosen.ToString()),
                ];
                output.WriteLine(string.Join(',', fields) + (results.Sections is null ? "" : ","));
            }
        }
        foreach (var section in results.Sections ?? [])
        {
            foreach (var (row, cells) in results.Rows.Zip(section.Rows, (row, found) => (row, found.Cells)))
            {
                foreach (var (dataset, cell) in section.Columns.Zip(cells))
                {
                    string[] fields =
                    [
                        Quote(row.Label), row.Method, row.Scorer?.Name ?? "", Bool(row.Adaptive), Quote(dataset), $"{row.TTarget}",
                        Bool(cell.Complete), $"{cell.Accuracy?.Runs.Length}", Exact(cell.Value), Exact(cell.Accuracy?.Std), "", "",
                        cell.Refused ? "cannot" : "", Quote(row.Axes.ToString()), "", Quote(section.Title),
                    ];
                    output.WriteLine(string.Join(',', fields));
                }
            }
        }
        static string Bool(bool value) => value ? "true" : "false";
        static string Exact(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
    }
}
