using Spectre.Console;

namespace AdaptCluster.Client.Output;

/// <summary>Writes aligned columns. Columns that do not fit the terminal follow in blocks below, each with the first column; no line is wrapped.</summary>
internal static class TextTable
{
    /// <summary>What a column takes beyond its text, and the table beyond its columns.</summary>
    private const int Around = 3, Edge = 4;

    /// <summary>Characters of the first column that stay whatever else there is.</summary>
    private const int Least = 8;

    /// <summary>Writes a table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="headers">One for each column; the first column is text, the others are set to the right.</param>
    /// <param name="rows">Cells as plain text.</param>
    public static void Write(TextWriter output, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows) => Write(Terminal.For(output), headers, [.. rows]);

    /// <summary>Writes a table on a console of some width.</summary>
    internal static void Write(IAnsiConsole console, IReadOnlyList<string> headers, IReadOnlyList<string>[] rows)
    {
        int[] Widths() => [.. headers.Select((header, column) => rows.Select(row => row[column].Length).Append(header.Length).Max())];
        // The first column gives way until the widest of the others fits beside it: numbers stay whole, and a wrapped cell would be no table.
        var first = Math.Max(Least, console.Profile.Width - Edge - Around - Widths().Skip(1).Append(0).Max());
        headers = Crop(headers);
        rows = Array.ConvertAll(rows, Crop);
        foreach (var block in Blocks(Widths(), console.Profile.Width)) WriteBlock(console, headers, rows, block);

        IReadOnlyList<string> Crop(IReadOnlyList<string> row) => [Terminal.Crop(row[0], first), .. row.Skip(1)];
    }

    /// <summary>The columns of each block: the first one, and as many of the others as fit.</summary>
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

    private static void WriteBlock(IAnsiConsole console, IReadOnlyList<string> headers, IReadOnlyList<string>[] rows, int[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            var added = new TableColumn(new Text(headers[column])).NoWrap();
            table.AddColumn(column == 0 ? added : added.RightAligned());
        }
        foreach (var row in rows) table.AddRow(columns.Select(column => new Text(row[column])));
        console.Write(table);
    }
}
