namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>
/// Computes the multiply-adds (MACs) of a CLIP model analytically. It counts the convolution, the linear layers, the two matrix products of
/// attention and the projections, but not norms and activations. Counters based on module hooks count the convolution, linear modules, and
/// four multiply-adds per element of a layer norm. They do not see attention, whose linear layers are called inside a single module, or
/// products of plain tensors.
/// </summary>
/// <param name="config">The model's dimensions.</param>
public sealed class ClipCost(ClipConfig config) : IBackboneCost
{
    /// <inheritdoc/>
    public long OfImage(IReadOnlyList<int> prompts, int tokens = 0) =>
        Patches + Blocks(config.Vision, config.ImageTokens + tokens, prompts) + ((long)config.EmbeddingSize * config.Vision.Width);

    /// <inheritdoc/>
    public long OfText(IReadOnlyList<int> prompts) =>
        Blocks(config.Text, config.ContextLength, prompts) + ((long)config.EmbeddingSize * config.Text.Width);

    /// <inheritdoc/>
    public long HookImage(int prompts, int tokens = 0)
    {
        var all = config.ImageTokens + tokens;
        // In addition to the two norms of each block, there is one before the blocks, and one for the class token after them.
        return Patches + HookedBlocks(config.Vision, all, prompts, all + 1);
    }

    /// <inheritdoc/>
    public long HookText(int prompts) =>
        // In addition to the norms of the blocks, there is one after them.
        HookedBlocks(config.Text, config.ContextLength, prompts, config.ContextLength);

    /// <inheritdoc/>
    public long ImageStepBytes(long images, IReadOnlyList<int> prompts) =>
        StepMemory.OfTower(config.Vision, images, config.ImageTokens, prompts);

    /// <inheritdoc/>
    public long TextStepBytes(Sequences texts, IReadOnlyList<int> prompts) =>
        StepMemory.OfTower(config.Text, texts.Count, texts.Own, prompts, texts.Shared);

    private long Patches => (long)config.Patches * 3 * config.PatchSize * config.PatchSize * config.Vision.Width;

    private static long HookedBlocks(TowerConfig tower, long tokens, long prompts, long otherNorms) =>
        (tower.Depth * tokens * 2 * tower.Width * tower.MlpWidth) + (4 * tower.Width * ((2 * tower.Depth * tokens) + prompts + otherNorms));

    private static long Blocks(TowerConfig tower, long tokens, IReadOnlyList<int> prompts)
    {
        long width = tower.Width;
        var plain = (tokens * ((4 * width * width) + (2 * width * tower.MlpWidth))) + (2 * tokens * tokens * width);
        // A prompt row becomes a key and a value, and every token attends to it.
        var perPrompt = (2 * width * width) + (2 * tokens * width);
        return (tower.Depth * plain) + (prompts.Sum(n => (long)n) * perPrompt);
    }
}
