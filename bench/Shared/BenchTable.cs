using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdaptCluster.Bench;

/// <summary>A table in Markdown, printed row by row; at its end one line of JSON is added to a file, where one is named.</summary>
internal sealed class BenchTable : IDisposable
{
    private readonly string _file, _title;
    private readonly string[] _columns;
    private readonly JsonArray _rows = [];

    /// <summary>Prints the head.</summary>
    /// <param name="file">Where the JSON goes; empty for nowhere.</param>
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

    /// <summary>Prints a row.</summary>
    /// <param name="cells">A cell for each column; in JSON one that reads as a number is one.</param>
    internal void Row(params FormattableString[] cells)
    {
        var texts = cells.Select(cell => cell.ToString(CultureInfo.InvariantCulture)).ToArray();
        Console.WriteLine($"| {string.Join(" | ", texts)} |");
        _rows.Add((JsonNode)new JsonObject(_columns.Zip(texts, (column, text) => KeyValuePair.Create(column,
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? (JsonNode?)number : text))));
    }

    public void Dispose()
    {
        if (_file.Length == 0) return;
        var table = new JsonObject { ["table"] = _title, ["rows"] = _rows };
        File.AppendAllText(_file, table.ToJsonString(JsonSerializerOptions.Default) + "\n");
    }
}
