using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>A way to classify images with a frozen CLIP, bound to one job's classes. Not thread-safe.</summary>
public interface IMethod : IDisposable
{
    /// <summary>The number of live context tokens of the image branch; 0 without prompts there.</summary>
    int ImageContextTokens { get; }

    /// <summary>The number of live context tokens of the text branch; 0 without prompts there.</summary>
    int TextContextTokens { get; }

    /// <summary>The number of entries in the trained tensors, without removed tokens.</summary>
    long TrainableParameters { get; }

    /// <summary>Multiply-adds (MACs) for one image and one text of the full context length.</summary>
    long MultiplyAdds { get; }

    /// <summary>The same MACs as counters based on module hooks report them.</summary>
    long HookMultiplyAdds { get; }

    /// <summary>Returns the classifier at the current state. Call it, and use the classifier, without gradients.</summary>
    IClassifier Freeze();
}

/// <summary>A method frozen at one moment, with everything precomputed that does not depend on the image.</summary>
public interface IClassifier : IDisposable
{
    /// <summary>
    /// Whether the logits of an image depend on the other images of its batch. If so, its images come in batches of the same size on every
    /// device. Default: false.
    /// </summary>
    bool SeesNeighbours => false;

    /// <summary>
    /// The tensors that define this classifier on top of the backbone, if every image is compared with the same texts and the logits are
    /// <see cref="IBackbone.Logits"/>; null for any other classifier. The classifier keeps ownership. Default: null.
    /// </summary>
    FixedClassifier? Fixed => null;

    /// <summary>Computes the logits of images.</summary>
    /// <param name="embedded">[B, image tokens, width], from <see cref="IBackbone.EmbedImages"/>.</param>
    /// <returns>[B, classes].</returns>
    torch.Tensor Logits(torch.Tensor embedded);
}
