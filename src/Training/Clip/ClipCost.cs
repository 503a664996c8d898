namespace AdaptCluster.Training.Clip;

/// <summary>
/// Counts multiply-adds analytically: convolution, linear layers, the two products of attention and the projections; norms and activations
/// are left out.
/// </summary>
public static class ClipCost
{
    /// <summary>One image and one text of the full context length through the towers.</summary>
    /// <param name="config">The model's size.</param>
    /// <param name="imagePrompts">Live prompt rows by block of the image tower; blocks beyond the list have none.</param>
    /// <param name="textPrompts">Live prompt rows by block of the text tower; blocks beyond the list have none.</param>
    /// <returns>Multiply-adds; 20.54 · 10⁹ for ViT-B/16 without prompts.</returns>
    public static long MultiplyAdds(ClipConfig config, IReadOnlyList<int> imagePrompts, IReadOnlyList<int> textPrompts)
    {
        var patches = (long)config.Patches * 3 * config.PatchSize * config.PatchSize * config.Vision.Width;
        var projections = (long)config.EmbeddingSize * (config.Vision.Width + config.Text.Width);
        var image = Blocks(config.Vision, config.ImageTokens, imagePrompts);
        return patches + image + Blocks(config.Text, config.ContextLength, textPrompts) + projections;
    }

    private static long Blocks(TowerConfig tower, long tokens, IReadOnlyList<int> prompts)
    {
        long width = tower.Width;
        var plain = (tokens * ((4 * width * width) + (2 * width * tower.MlpWidth))) + (2 * tokens * tokens * width);
        // A prompt row becomes a key and a value, and every token asks it.
        var perPrompt = (2 * width * width) + (2 * tokens * width);
        return (tower.Depth * plain) + (prompts.Sum(n => (long)n) * perPrompt);
    }
}
