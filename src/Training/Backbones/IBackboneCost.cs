namespace AdaptCluster.Training.Backbones;

/// <summary>The cost of running a backbone, computed from its dimensions and not measured.</summary>
public interface IBackboneCost
{
    /// <summary>The cost of one image through its tower.</summary>
    /// <param name="prompts">Live prompt rows by block; blocks beyond the list have none.</param>
    /// <param name="tokens">Tokens besides the image's own that pass through every block.</param>
    /// <returns>Multiply-adds.</returns>
    long OfImage(IReadOnlyList<int> prompts, int tokens = 0);

    /// <summary>The cost of one text of the full context length through its tower.</summary>
    /// <param name="prompts">Live prompt rows by block; blocks beyond the list have none.</param>
    /// <returns>Multiply-adds.</returns>
    long OfText(IReadOnlyList<int> prompts);

    /// <summary>The MACs that counters based on module hooks, such as thop, report for one image.</summary>
    /// <param name="prompts">Prompt rows that pass through a layer norm, over all blocks.</param>
    /// <param name="tokens">Tokens besides the image's own that pass through every block.</param>
    /// <returns>Multiply-adds.</returns>
    long HookImage(int prompts, int tokens = 0);

    /// <summary>The MACs that counters based on module hooks, such as thop, report for one text of the full context length.</summary>
    /// <param name="prompts">Prompt rows that pass through a layer norm, over all blocks.</param>
    /// <returns>Multiply-adds.</returns>
    long HookText(int prompts);

    /// <summary>Estimates the memory that the graph of a training step keeps for images.</summary>
    /// <param name="images">Images in the batch.</param>
    /// <param name="prompts">Live prompt rows by block; blocks beyond the list have none.</param>
    /// <returns>Bytes.</returns>
    long ImageStepBytes(long images, IReadOnlyList<int> prompts);

    /// <summary>Estimates the memory that the graph of a training step keeps for texts.</summary>
    /// <param name="texts">The layout of the texts.</param>
    /// <param name="prompts">Live prompt rows by block; blocks beyond the list have none.</param>
    /// <returns>Bytes.</returns>
    long TextStepBytes(Sequences texts, IReadOnlyList<int> prompts);

    /// <summary>The cost of one image and one text of the full context length through the towers.</summary>
    /// <param name="imagePrompts">Live prompt rows by block of the image tower; blocks beyond the list have none.</param>
    /// <param name="textPrompts">Live prompt rows by block of the text tower; blocks beyond the list have none.</param>
    /// <returns>Multiply-adds; 20.54 · 10⁹ for CLIP ViT-B/16 without prompts.</returns>
    long MultiplyAdds(IReadOnlyList<int> imagePrompts, IReadOnlyList<int> textPrompts) => OfImage(imagePrompts) + OfText(textPrompts);

    /// <summary>The MACs that counters based on module hooks, such as thop, report for one image and one text.</summary>
    /// <param name="imagePrompts">Prompt rows that pass through a layer norm of the image tower, over all blocks.</param>
    /// <param name="textPrompts">Prompt rows that pass through a layer norm of the text tower, over all blocks.</param>
    /// <returns>Multiply-adds; 13.23 · 10⁹ for CLIP ViT-B/16 without prompts.</returns>
    long HookMultiplyAdds(int imagePrompts, int textPrompts) => HookImage(imagePrompts) + HookText(textPrompts);
}
