namespace AdaptCluster.Sweeps.Specs;

/// <summary>Computes Levenshtein distances, for "did you mean" hints.</summary>
public static class EditDistance
{
    /// <summary>Returns the known word that was probably meant; null if none is similar.</summary>
    /// <param name="word">The user's word.</param>
    /// <param name="known">The known words.</param>
    /// <param name="least">The distance that is accepted for every word. For longer words, a distance of up to half their length is
    /// accepted.</param>
    public static string? Nearest(string word, IEnumerable<string> known, int least) =>
        known.MinBy(name => Between(name, word)) is { } nearest
            && Between(nearest, word) <= Math.Max(least, word.Length / 2) ? nearest : null;

    /// <summary>
    /// Returns the minimum number of inserted, removed or replaced characters that turn <paramref name="a"/> into <paramref name="b"/>;
    /// case is ignored.
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
