namespace AdaptCluster.Grains.Specs;

/// <summary>Levenshtein's distance, for "did you mean".</summary>
public static class EditDistance
{
    /// <summary>The least number of inserted, removed or replaced characters that make <paramref name="a"/> into <paramref name="b"/>, case ignored.</summary>
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
