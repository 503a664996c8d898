using System.Text.Json.Nodes;
using AdaptCluster.Contracts;

namespace AdaptCluster.Bench;

/// <summary>The report's JSON, of the lines that the parts left.</summary>
internal static class ReportJson
{
    /// <summary>The table of <see cref="MachineFacts"/>.</summary>
    internal const string Machine = "Machine";

    /// <summary>The table of parts, which run itself writes.</summary>
    private const string Parts = "Parts";

    /// <summary>Brings rows of a table together, in the order of their first rows.</summary>
    /// <param name="lines">A table's name and a row each.</param>
    /// <param name="about">What was run.</param>
    internal static JsonObject Of(IEnumerable<string> lines, IEnumerable<(string Name, JsonNode? Value)> about)
    {
        var tables = lines.Where(line => line.Length > 0).Select(line => JsonNode.Parse(line)!.AsObject())
            .GroupBy(line => (string)line["table"]!)
            .ToDictionary(table => table.Key, table => table.Select(line => line["row"]!.DeepClone()).ToArray());
        var report = new JsonObject(about.Select(fact => KeyValuePair.Create(fact.Name, fact.Value)));
        // Several cards have a fact each of the same name.
        report["machine"] = new JsonArray(tables.GetValueOrDefault(Machine, []));
        report["parts"] = new JsonArray(tables.GetValueOrDefault(Parts, []));
        report["failures"] = report["parts"]!.AsArray().Count(part => (int)part!["status"]! != 0);
        report["tables"] = new JsonArray([.. tables.Where(table => table.Key is not (Machine or Parts))
            .Select(table => new JsonObject { ["table"] = table.Key, ["rows"] = new JsonArray(table.Value) })]);
        return report;
    }

    /// <summary>Writes it.</summary>
    internal static void Write(BenchArguments arguments)
    {
        var (tables, to) = (arguments.Text("--tables", ""), arguments.Text("--out", "report.json"));
        (string, JsonNode?)[] about =
        [
            ("date", arguments.Text("--date", "")),
            ("command", arguments.Text("--command", "")),
            ("version", arguments.Text("--version", "")),
            ("device", arguments.Text("--device", "cpu")),
            ("quick", arguments.Flag("--quick", false)),
        ];
        arguments.End();
        File.WriteAllText(to, Of(File.ReadLines(tables), about).ToJsonString(AdaptClusterJson.Indented) + "\n");
    }
}
