namespace AdaptCluster.Training.Clip;

/// <summary>
/// About how much memory a training step takes for its graph, by which packs are sized. Frozen layers keep no inputs: per row a block keeps
/// the inputs of its two layer norms and of the activation, and queries, keys, values and result of the attention. bench/Memory compares it
/// with what is measured.
/// </summary>
internal static class StepMemory
{
    /// <summary>Values of a row that stand for what lives only while one block is computed, forwards or backwards, in widths.</summary>
    private const int Passing = 16;

    /// <summary>A batch of images.</summary>
    /// <param name="config">The size.</param>
    /// <param name="images">Images.</param>
    /// <param name="prompts">Live prompt rows by block; blocks beyond the list have none.</param>
    /// <returns>Bytes.</returns>
    internal static long OfImages(ClipConfig config, long images, IReadOnlyList<int> prompts) =>
        OfTower(config.Vision, images, config.ImageTokens, prompts, 0);

    /// <summary>Texts.</summary>
    /// <param name="config">The size.</param>
    /// <param name="texts">How they are laid out.</param>
    /// <param name="prompts">Live prompt rows by block; blocks beyond the list have none.</param>
    /// <returns>Bytes.</returns>
    internal static long OfTexts(ClipConfig config, TextSequences texts, IReadOnlyList<int> prompts) =>
        OfTower(config.Text, texts.Count, texts.Own, prompts, texts.Shared);

    private static long OfTower(TowerConfig tower, long sequences, long own, IReadOnlyList<int> prompts, long shared)
    {
        long rows = (sequences * own) + shared;
        // x, queries, the result and the second norm's input; what the activation gets; keys and values.
        var perRow = 4 + ((long)tower.MlpWidth / tower.Width) + 2;
        // What stands before every sequence is there once for each.
        var expanded = 2 * sequences * ((tower.Depth * shared) + prompts.Sum(n => (long)n));
        return sizeof(float) * tower.Width * ((rows * ((tower.Depth * perRow) + Passing)) + expanded);
    }
}
