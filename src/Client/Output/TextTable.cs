using System.Text;
using Spectre.Console;

namespace AdaptCluster.Client.Output;

/// <summary>
/// Writes aligned columns. Columns that do not fit the terminal continue in additional blocks, each starting with the first column. No line
/// is wrapped.
/// </summary>
internal static class TextTable
{
    /// <summary>The extra width of each column beyond its text, and of the table beyond its columns.</summary>
    private const int Around = 3, Edge = 4;

    /// <summary>The minimum width of the first column.</summary>
    private const int Least = 8;

    /// <summary>Writes a table.</summary>
    /// <param name="output">The writer that receives the text.</param>
    /// <param name="headers">One header per column. The first column is left-aligned, the others right-aligned.</param>
    /// <param name="rows">The cells as plain text.</param>
    public static void Write(TextWriter output, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows) =>
        Write(output, Terminal.Width(output), headers, [.. rows]);

    /// <summary>Writes a table with a given maximum line width.</summary>
    internal static void Write(TextWriter output, int width, IReadOnlyList<string> headers, IReadOnlyList<string>[] rows)
    {
        int[] Widths() => [.. headers.Select((header, column) => rows.Select(row => Terminal.Cells(row[column]))
            .Append(Terminal.Cells(header)).Max())];
        // The first column shrinks until the widest other column fits beside it: numbers are never cropped, and a wrapped cell would
        // break the table.
        var first = Math.Max(Least, width - Edge - Around - Widths().Skip(1).Append(0).Max());
        headers = Crop(headers);
        rows = Array.ConvertAll(rows, Crop);
        foreach (var block in Blocks(Widths(), width)) WriteBlock(output, headers, rows, block);

        IReadOnlyList<string> Crop(IReadOnlyList<string> row) => [Terminal.Crop(row[0], first), .. row.Skip(1)];
    }

    /// <summary>Returns the columns of each block: the first column, and as many others as fit.</summary>
    internal static IEnumerable<int[]> Blocks(IReadOnlyList<int> widths, int width)
    {
        var block = new List<int> { 0 };
        var used = Edge + widths[0];
        for (var column = 1; column < widths.Count; column++)
        {
            if (block.Count > 1 && used + Around + widths[column] > width)
            {
                yield return [.. block];
                (block, used) = ([0], Edge + widths[0]);
            }
            block.Add(column);
            used += Around + widths[column];
        }
        yield return [.. block];
    }

    /// <summary>
    /// Draws the columns directly. Spectre.Console's table looks the same, but would take a third of the time of a command that lists
    /// sweeps.
    /// </summary>
    private static void WriteBlock(TextWriter output, IReadOnlyList<string> headers, IReadOnlyList<string>[] rows, int[] columns)
    {
        var widths = Array.ConvertAll(columns, column => rows.Select(row => Terminal.Cells(row[column]))
            .Append(Terminal.Cells(headers[column])).Max());
        var blank = new string(' ', widths.Sum() + (Around * columns.Length) + Edge - Around);
        // Written in one call, since standard output passes each write on to the system.
        var table = new StringBuilder();
        table.Append(blank).Append(output.NewLine);
        Add(headers);
        if (rows.Length > 0) table.Append(blank.Replace(' ', '─')).Append(output.NewLine);
        foreach (var row in rows) Add(row);
        table.Append(blank).Append(output.NewLine);
        output.Write(table);

        void Add(IReadOnlyList<string> row)
        {
            table.Append(' ');
            for (var i = 0; i < columns.Length; i++)
            {
                var (text, room) = (row[columns[i]], new string(' ', widths[i] - Terminal.Cells(row[columns[i]])));
                table.Append(i == 0 ? $" {text}{room}  " : $" {room}{text}  ");
            }
            table.Append(output.NewLine);
        }
    }
}
