namespace AdaptCluster.Sweeps.Specs;

/// <summary>Levenshtein's distance, for "did you mean".</summary>
public static class EditDistance
{
    /// <summary>The known word that somebody may have meant; null when none is near.</summary>
    /// <param name="word">What they wrote.</param>
    /// <param name="known">What there is.</param>
    /// <param name="least">A distance that is near for the shortest words too; of longer ones half their length is.</param>
    public static string? Nearest(string word, IEnumerable<string> known, int least) =>
        known.MinBy(name => Between(name, word)) is { } nearest
            && Between(nearest, word) <= Math.Max(least, word.Length / 2) ? nearest : null;

    /// <summary>
    /// The least number of inserted, removed or replaced characters that make <paramref name="a"/> into <paramref name="b"/>, case ignored.
    /// </summary>
    public static int Between(string a, string b)
    {
        (a, b) = (a.ToUpperInvariant(), b.ToUpperInvariant());
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[b.Length];
    }
}
