using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>Suggests the sweep id that the user probably meant. Users often write only the name that an id starts with.</summary>
public static class SweepIdHint
{
    /// <summary>The maximum number of sweeps to search, newest first.</summary>
    public const int Most = 500;

    private const int LongestId = 64;

    /// <summary>Returns the id that was probably meant; null if none is similar.</summary>
    /// <param name="asked">The text that the user wrote, which is not a prefix of any id.</param>
    /// <param name="ids">All ids, newest first.</param>
    public static string? Nearest(string asked, IEnumerable<string> ids)
    {
        // No id is longer, and the time of a comparison grows with both lengths.
        if (asked.Length > LongestId) return null;
        // If several sweeps have the same name, the newest one is meant.
        var known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["latest"] = "latest" };
        foreach (var id in ids)
        {
            known.TryAdd(id, id);
            if (id.LastIndexOf('-') is > 0 and var end) known.TryAdd(id[..end], id);
        }
        return EditDistance.Nearest(asked, known.Keys, least: 2) is { } nearest ? known[nearest] : null;
    }
}
