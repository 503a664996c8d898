using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>"Did you mean" for ids of sweeps, which people write by the name at their beginning.</summary>
public static class SweepIdHint
{
    /// <summary>Sweeps that are looked through, the newest.</summary>
    public const int Most = 500;

    private const int LongestId = 64;

    /// <summary>The id that somebody may have meant; null where none is near.</summary>
    /// <param name="asked">What they wrote, which no id begins with.</param>
    /// <param name="ids">Ids, newest first.</param>
    public static string? Nearest(string asked, IEnumerable<string> ids)
    {
        // No id is longer, and each comparison takes time by both lengths.
        if (asked.Length > LongestId) return null;
        // Of sweeps with one name the newest is meant.
        var known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["latest"] = "latest" };
        foreach (var id in ids)
        {
            known.TryAdd(id, id);
            if (id.LastIndexOf('-') is > 0 and var end) known.TryAdd(id[..end], id);
        }
        return EditDistance.Nearest(asked, known.Keys, least: 2) is { } nearest ? known[nearest] : null;
    }
}
