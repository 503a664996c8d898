using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Output;

/// <summary>Writes a sweep's table in one of the formats of <c>sweep results</c>.</summary>
internal static class ResultsWriter
{
    /// <summary>Writes the table.</summary>
    /// <param name="output">The writer that receives the text.</param>
    /// <param name="results">The table.</param>
    /// <param name="format">The format: text, md, csv, latex or json.</param>
    /// <param name="split">The accuracies in text, md and latex tables; csv and json contain all.</param>
    /// <param name="allNotes">Whether to list notes one by one rather than by kind.</param>
    public static void Write(
        TextWriter output, SweepResults results, string format, AccuracySplit split = AccuracySplit.Test, bool allNotes = false)
    {
        switch (format)
        {
            case "json": output.WriteLine(JsonSerializer.Serialize(results, AdaptClusterJson.Indented)); break;
            case "csv" or "md" or "latex": TableWriter.Write(output, results, format, split, allNotes); break;
            default:
                Terminal.WriteWrapped(
                    output, $"{results.Name} ({results.Sweep}): {CellText.Heading(split)} in percent, mean ± sample standard deviation "
                        + "over seeds");
                TextTable.Write(output, TableWriter.Headers(results), TableWriter.Grid(results, split));
                // The sections contain only test accuracies.
                if (split != AccuracySplit.Validation) WriteSections(output, results);
                WriteNotes(output, TableWriter.Notes(results, allNotes), format);
                break;
        }
    }

    private static void WriteSections(TextWriter output, SweepResults results)
    {
        foreach (var section in results.Sections ?? [])
        {
            output.WriteLine($"\n{SectionsWriter.Title(section)}");
            TextTable.Write(output, SectionsWriter.Headers(section), SectionsWriter.Grid(section));
        }
    }

    /// <summary>Writes notes below a table: comments in LaTeX, paragraphs in Markdown.</summary>
    internal static void WriteNotes(TextWriter output, IEnumerable<string> notes, string format)
    {
        foreach (var note in notes)
        {
            if (format is "latex" or "md") TableWriter.WriteNote(output, note, format);
            // A reported table is untrusted input.
            else Terminal.WriteWrapped(output, $"note: {PrintableText.OneLine(note)}");
        }
    }
}
