using Spectre.Console;

namespace AdaptCluster.Client.Output;

/// <summary>Writes aligned columns: as wide as the terminal, or as wide as they need to be elsewhere.</summary>
internal static class TextTable
{
    /// <summary>Writes a table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="headers">One for each column; the first column is text, the others are set to the right.</param>
    /// <param name="rows">Cells as plain text.</param>
    public static void Write(TextWriter output, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var (header, index) in headers.Select((header, index) => (header, index)))
        {
            var column = new TableColumn(new Text(header));
            table.AddColumn(index == 0 ? column : column.RightAligned());
        }
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(cell)));
        var console = Terminal.For(output);
        console.Write(table);
    }
}
