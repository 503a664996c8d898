using System.Globalization;
using System.Text;

namespace AdaptCluster.Sweeps.Methods;

/// <summary>Renders Markdown tables of the methods from their descriptors, for docs/users/methods.md and "sweep methods".</summary>
public static class MethodTables
{
    /// <summary>Renders the summary table: one row per method, with the parameters that it trains.</summary>
    public static string Summaries(MethodCatalog methods) => Table(
        ["`method`", "name", "trains", "parameters at ViT-B/16", "images", "texts", "unseen classes"],
        methods.All.Select(method => (string[])
        [
            $"`{method.Name}`", method.Title, method.Summary.Trains, method.Summary.Parameters, method.Summary.Images,
            method.Summary.Texts, method.ClassifiesNewClasses ? "yes" : "no",
        ]));

    /// <summary>Renders the table of each method's default training settings.</summary>
    public static string Presets(MethodCatalog methods) => Table(
        ["`method`", "epochs", "batch", "learning rate", "from"],
        methods.All.Where(method => method.IsTrained).Select(method => (string[])
        [
            $"`{method.Name}`", Number(method.Preset.Epochs), Number(method.Preset.BatchSize),
            Number((decimal)method.Preset.LearningRate), method.PresetSource,
        ]));

    /// <summary>Renders the table of each method's own settings.</summary>
    public static string Settings(MethodCatalog methods) => Table(
        ["key", "default", "values", "meaning"],
        methods.All.SelectMany(method => method.Settings.Select(setting => (string[])
        [
            $"`{method.Name}.{setting.Name}`", setting.Default, Values(setting), setting.Meaning,
        ])));

    private static string Values(SettingInfo setting)
    {
        string? Bound(string key) => setting.Schema[key]?.ToJsonString();
        if (setting.Schema["enum"] is { } names) return string.Join(", ", names.AsArray().Select(name => $"`{name}`"));
        if ((string?)setting.Schema["type"] is "boolean") return "`true`, `false`";
        if ((string?)setting.Schema["type"] is "string") return "a string";
        var low = Bound("minimum") ?? $"above {Bound("exclusiveMinimum")}";
        return $"{low} to {Bound("maximum") ?? $"below {Bound("exclusiveMaximum")}"}";
    }

    /// <summary>Renders a Markdown table. Vertical bars in cells are escaped.</summary>
    public static string Table(string[] heads, IEnumerable<string[]> rows)
    {
        var text = new StringBuilder();
        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        Line(heads);
        Line(heads.Select(_ => "---"));
        foreach (var row in rows) Line(row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)));
        return text.ToString();
    }

    private static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
