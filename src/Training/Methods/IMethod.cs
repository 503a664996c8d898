using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>A method that classifies images with a frozen CLIP model, for the classes of one job. Not thread-safe.</summary>
public interface IMethod : IDisposable
{
    /// <summary>The number of live context tokens in the image branch; 0 if the branch has no prompts.</summary>
    int ImageContextTokens { get; }

    /// <summary>The number of live context tokens in the text branch; 0 if the branch has no prompts.</summary>
    int TextContextTokens { get; }

    /// <summary>The number of trained parameters, excluding removed tokens.</summary>
    long TrainableParameters { get; }

    /// <summary>The multiply-adds (MACs) for one image and one text of the full context length.</summary>
    long MultiplyAdds { get; }

    /// <summary>The MACs for one image and one text that hook-based counters such as thop report.</summary>
    long HookMultiplyAdds { get; }

    /// <summary>
    /// Returns a classifier with the current state of the method. Must be called without gradients, and the classifier must be used without
    /// gradients.
    /// </summary>
    IClassifier Freeze();
}

/// <summary>A snapshot of a method, for classifying images. All values that do not depend on the image are precomputed.</summary>
public interface IClassifier : IDisposable
{
    /// <summary>
    /// Whether the logits for an image depend on the other images in its batch. If so, the evaluation uses the same batch size on every
    /// device. Default: false.
    /// </summary>
    bool SeesNeighbours => false;

    /// <summary>
    /// The tensors that, together with the backbone, define this classifier. Null unless every image is compared with the same texts and
    /// the logits come from <see cref="IBackbone.Logits"/>. The classifier keeps ownership. Default: null.
    /// </summary>
    FixedClassifier? Fixed => null;

    /// <summary>Computes the logits for images.</summary>
    /// <param name="embedded">The embedded images, [B, image tokens, width], from <see cref="IBackbone.EmbedImages"/>.</param>
    /// <returns>The logits, [B, classes].</returns>
    torch.Tensor Logits(torch.Tensor embedded);
}
