namespace AdaptCluster.Training.Backbones;

/// <summary>Computes the cost of running a backbone from its dimensions, without measuring it.</summary>
public interface IBackboneCost
{
    /// <summary>Computes the cost of passing one image through the image tower.</summary>
    /// <param name="prompts">The number of live prompt rows in each block; blocks beyond the list have none.</param>
    /// <param name="tokens">The number of additional tokens that pass through every block.</param>
    /// <returns>The number of multiply-adds.</returns>
    long OfImage(IReadOnlyList<int> prompts, int tokens = 0);

    /// <summary>Computes the cost of passing one text of the full context length through the text tower.</summary>
    /// <param name="prompts">The number of live prompt rows in each block; blocks beyond the list have none.</param>
    /// <returns>The number of multiply-adds.</returns>
    long OfText(IReadOnlyList<int> prompts);

    /// <summary>Computes the MACs that counters based on module hooks, such as thop, report for one image.</summary>
    /// <param name="prompts">The number of prompt rows that pass through a layer norm, summed over all blocks.</param>
    /// <param name="tokens">The number of additional tokens that pass through every block.</param>
    /// <returns>The number of multiply-adds.</returns>
    long HookImage(int prompts, int tokens = 0);

    /// <summary>Computes the MACs that counters based on module hooks, such as thop, report for one text of the full context
    /// length.</summary>
    /// <param name="prompts">The number of prompt rows that pass through a layer norm, summed over all blocks.</param>
    /// <returns>The number of multiply-adds.</returns>
    long HookText(int prompts);

    /// <summary>Estimates the memory that the autograd graph of a training step uses for images.</summary>
    /// <param name="images">The number of images in the batch.</param>
    /// <param name="prompts">The number of live prompt rows in each block; blocks beyond the list have none.</param>
    /// <returns>The number of bytes.</returns>
    long ImageStepBytes(long images, IReadOnlyList<int> prompts);

    /// <summary>Estimates the memory that the autograd graph of a training step uses for texts.</summary>
    /// <param name="texts">The layout of the texts.</param>
    /// <param name="prompts">The number of live prompt rows in each block; blocks beyond the list have none.</param>
    /// <returns>The number of bytes.</returns>
    long TextStepBytes(Sequences texts, IReadOnlyList<int> prompts);

    /// <summary>Computes the cost of passing one image and one text of the full context length through the towers.</summary>
    /// <param name="imagePrompts">The number of live prompt rows in each block of the image tower; blocks beyond the list have
    /// none.</param>
    /// <param name="textPrompts">The number of live prompt rows in each block of the text tower; blocks beyond the list have none.</param>
    /// <returns>The number of multiply-adds; 20.54 · 10⁹ for CLIP ViT-B/16 without prompts.</returns>
    long MultiplyAdds(IReadOnlyList<int> imagePrompts, IReadOnlyList<int> textPrompts) => OfImage(imagePrompts) + OfText(textPrompts);

    /// <summary>Computes the MACs that counters based on module hooks, such as thop, report for one image and one text.</summary>
    /// <param name="imagePrompts">The number of prompt rows that pass through a layer norm of the image tower, summed over all
    /// blocks.</param>
    /// <param name="textPrompts">The number of prompt rows that pass through a layer norm of the text tower, summed over all
    /// blocks.</param>
    /// <returns>The number of multiply-adds; 13.23 · 10⁹ for CLIP ViT-B/16 without prompts.</returns>
    long HookMultiplyAdds(int imagePrompts, int textPrompts) => HookImage(imagePrompts) + HookText(textPrompts);
}
