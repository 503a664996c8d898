using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdaptCluster.Bench;

/// <summary>A table in Markdown, printed row by row.</summary>
internal sealed class BenchTable
{
    private readonly string _file, _title;
    private readonly string[] _columns;

    /// <summary>Prints the head.</summary>
    /// <param name="file">Where rows are added as JSON, each in a line of its own; empty for nowhere.</param>
    /// <param name="title">What the table shows.</param>
    /// <param name="columns">The names of its columns.</param>
    internal BenchTable(string file, string title, string[] columns)
    {
        (_file, _title, _columns) = (file, title, columns);
        Console.WriteLine(title);
        Console.WriteLine();
        Console.WriteLine($"| {string.Join(" | ", columns)} |");
        Console.WriteLine($"|{string.Concat(columns.Select(_ => " ---: |"))}");
    }

    /// <summary>Prints a row. It is in the file at once, so that a bench that fails later has both the same rows.</summary>
    /// <param name="cells">A cell for each column; in JSON one that reads as a number is one.</param>
    internal void Row(params FormattableString[] cells)
    {
        var texts = cells.Select(cell => cell.ToString(CultureInfo.InvariantCulture)).ToArray();
        Console.WriteLine($"| {string.Join(" | ", texts)} |");
        if (_file.Length == 0) return;
        var row = new JsonObject(_columns.Zip(texts, (column, text) => KeyValuePair.Create(column,
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? (JsonNode?)number : text)));
        var line = new JsonObject { ["table"] = _title, ["row"] = row };
        File.AppendAllText(_file, line.ToJsonString(JsonSerializerOptions.Default) + "\n");
    }
}
