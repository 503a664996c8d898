namespace AdaptCluster.Web.Sweeps;

/// <summary>The tabs of a sweep's page, with their names in the URL.</summary>
internal static class SweepTab
{
    public const string Table = "table", Curves = "curves", Axes = "axes", Jobs = "jobs", Workers = "workers", Spec = "spec";

    /// <summary>The tabs, in order, with their headings.</summary>
    public static IReadOnlyList<(string Name, string Heading)> All { get; } =
        [(Table, "Table"), (Curves, "Curves"), (Axes, "Axes"), (Jobs, "Jobs"), (Workers, "Workers"), (Spec, "Spec")];

    /// <summary>Returns the tab with a given name in the URL; the table tab if the name is missing or unknown.</summary>
    public static string Of(string? name) => All.Any(tab => tab.Name == name) ? name! : Table;

    /// <summary>Returns the URL path and query for a tab.</summary>
    /// <param name="sweep">The sweep's id.</param>
    /// <param name="tab">The tab.</param>
    /// <param name="dataset">The data set to select; null for the first data set.</param>
    public static string Address(string sweep, string tab, string? dataset = null)
    {
        string[] query = [.. tab == Table ? (string[])[] : [$"tab={tab}"],
            .. dataset is null ? (string[])[] : [$"dataset={Uri.EscapeDataString(dataset)}"]];
        return $"/sweeps/{sweep}{(query.Length > 0 ? "?" : "")}{string.Join('&', query)}";
    }
}
