namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>Ranks the live tokens of both branches together.</summary>
internal static class Pruner
{
    /// <summary>
    /// Finds the tokens with the lowest scores. Ties go to the image branch first, then to the lower depth, then to the lower position.
    /// </summary>
    /// <param name="image">Scores of the image branch's live tokens, in order of depth and position.</param>
    /// <param name="text">Scores of the text branch's live tokens, in order of depth and position.</param>
    /// <param name="count">The number of tokens to choose.</param>
    /// <returns>Indices into <paramref name="image"/> and into <paramref name="text"/>.</returns>
    internal static (int[] Image, int[] Text) Lowest(float[] image, float[] text, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, image.Length + text.Length);
        // The sort is stable, so equal scores stay in the order of the tie rule. .NET sorts NaN lowest, but a NaN score does not mean that
        // a token is useless, so NaN goes last.
        var ranked = image.Concat(text).Select((score, index) => (score, index)).OrderBy(t => float.IsNaN(t.score)).ThenBy(t => t.score);
        var chosen = ranked.Take(count).Select(t => t.index).ToArray();
        return ([.. chosen.Where(i => i < image.Length)], [.. chosen.Where(i => i >= image.Length).Select(i => i - image.Length)]);
    }
}
