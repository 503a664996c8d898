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
    public static long MultiplyAdds(ClipConfig config, IReadOnlyList<int> imagePrompts, IReadOnlyList<int> textPrompts) =>
        OfImage(config, imagePrompts) + OfText(config, textPrompts);

    /// <summary>One image through its tower.</summary>
    /// <param name="config">The model's size.</param>
    /// <param name="prompts">Live prompt rows by block; blocks beyond the list have none.</param>
    /// <returns>Multiply-adds.</returns>
    public static long OfImage(ClipConfig config, IReadOnlyList<int> prompts) => OfImage(config, prompts, tokens: 0);

    /// <summary>One image through its tower, with tokens beside its own that pass every block.</summary>
    /// <param name="config">The model's size.</param>
    /// <param name="prompts">Live prompt rows by block; blocks beyond the list have none.</param>
    /// <param name="tokens">How many tokens beside the image's own.</param>
    /// <returns>Multiply-adds.</returns>
    internal static long OfImage(ClipConfig config, IReadOnlyList<int> prompts, int tokens) =>
        Patches(config) + Blocks(config.Vision, config.ImageTokens + tokens, prompts) + ((long)config.EmbeddingSize * config.Vision.Width);

    /// <summary>One text of the full context length through its tower.</summary>
    /// <param name="config">The model's size.</param>
    /// <param name="prompts">Live prompt rows by block; blocks beyond the list have none.</param>
    /// <returns>Multiply-adds.</returns>
    public static long OfText(ClipConfig config, IReadOnlyList<int> prompts) =>
        Blocks(config.Text, config.ContextLength, prompts) + ((long)config.EmbeddingSize * config.Text.Width);

    /// <summary>
    /// What counters by module hooks, such as thop, find: the convolution, linear modules and four for each element of a layer norm. They
    /// miss attention, whose linear layers are called inside one module, and products of bare tensors.
    /// </summary>
    /// <param name="config">The model's size.</param>
    /// <param name="imagePrompts">Prompt rows that pass a layer norm of the image tower, over all blocks.</param>
    /// <param name="textPrompts">Prompt rows that pass a layer norm of the text tower, over all blocks.</param>
    /// <returns>Multiply-adds; 13.23 · 10⁹ for ViT-B/16 without prompts.</returns>
    public static long HookMultiplyAdds(ClipConfig config, int imagePrompts, int textPrompts) =>
        HookImage(config, imagePrompts, tokens: 0) + HookText(config, textPrompts);

    /// <summary>The image's part, with tokens beside its own that pass every block.</summary>
    internal static long HookImage(ClipConfig config, int prompts, int tokens)
    {
        var all = config.ImageTokens + tokens;
        // Beside the two of each block: one before and one, of the class token, after the tower.
        return Patches(config) + HookedBlocks(config.Vision, all, prompts, all + 1);
    }

    /// <summary>The text's part; beside the norms of the blocks there is one after the tower.</summary>
    internal static long HookText(ClipConfig config, int prompts) =>
        HookedBlocks(config.Text, config.ContextLength, prompts, config.ContextLength);

    private static long Patches(ClipConfig config) => (long)config.Patches * 3 * config.PatchSize * config.PatchSize * config.Vision.Width;

    private static long HookedBlocks(TowerConfig tower, long tokens, long prompts, long otherNorms) =>
        (tower.Depth * tokens * 2 * tower.Width * tower.MlpWidth) + (4 * tower.Width * ((2 * tower.Depth * tokens) + prompts + otherNorms));

    private static long Blocks(TowerConfig tower, long tokens, IReadOnlyList<int> prompts)
    {
        long width = tower.Width;
        var plain = (tokens * ((4 * width * width) + (2 * width * tower.MlpWidth))) + (2 * tokens * tokens * width);
        // A prompt row becomes a key and a value, and every token asks it.
        var perPrompt = (2 * width * width) + (2 * tokens * width);
        return (tower.Depth * plain) + (prompts.Sum(n => (long)n) * perPrompt);
    }
}
