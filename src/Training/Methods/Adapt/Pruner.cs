namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>Ranks the live tokens of both branches together.</summary>
internal static class Pruner
{
    /// <summary>
    /// Finds the tokens with the lowest scores. Among equal scores, tokens of the image branch come first, then tokens of lower depth, then
    /// tokens at lower positions.
    /// </summary>
    /// <param name="image">The scores of the image branch's live tokens, ordered by depth and position.</param>
    /// <param name="text">The scores of the text branch's live tokens, ordered by depth and position.</param>
    /// <param name="count">The number of tokens to choose.</param>
    /// <returns>The indices of the tokens in <paramref name="image"/> and in <paramref name="text"/>.</returns>
    internal static (int[] Image, int[] Text) Lowest(float[] image, float[] text, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, image.Length + text.Length);
        // The sort is stable, so equal scores keep this order. .NET sorts NaN lowest, but a NaN score does not mean that
        // a token is useless, so NaN goes last.
        var ranked = image.Concat(text).Select((score, index) => (score, index)).OrderBy(t => float.IsNaN(t.score)).ThenBy(t => t.score);
        var chosen = ranked.Take(count).Select(t => t.index).ToArray();
        return ([.. chosen.Where(i => i < image.Length)], [.. chosen.Where(i => i >= image.Length).Select(i => i - image.Length)]);
    }
}
