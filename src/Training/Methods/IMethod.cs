using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>A way to classify images with a frozen CLIP, bound to one job's classes. For one thread.</summary>
public interface IMethod : IDisposable
{
    /// <summary>Live context tokens of the image branch; 0 without prompts there.</summary>
    int ImageContextTokens { get; }

    /// <summary>Live context tokens of the text branch; 0 without prompts there.</summary>
    int TextContextTokens { get; }

    /// <summary>Entries of the trained tensors that are left.</summary>
    long TrainableParameters { get; }

    /// <summary>Multiply-adds of one image and one text of the full context length.</summary>
    long MultiplyAdds { get; }

    /// <summary>The same as counters by module hooks find it.</summary>
    long HookMultiplyAdds { get; }

    /// <summary>The classifier at the present state. Call it, and use what it gives, without gradients.</summary>
    IClassifier Freeze();
}

/// <summary>A method at one moment, with everything computed that does not depend on the image.</summary>
public interface IClassifier : IDisposable
{
    /// <summary>
    /// Whether the logits of an image depend on those beside it: its images then come in batches of the same size on every device. Default:
    /// false.
    /// </summary>
    bool SeesNeighbours => false;

    /// <summary>
    /// The tensors that make this classifier of the backbone, where every image meets the same texts and its logits are
    /// <see cref="IBackbone.Logits"/>; null where they are found in another way. They stay the classifier's. Default: null.
    /// </summary>
    FixedClassifier? Fixed => null;

    /// <summary>Logits of images.</summary>
    /// <param name="embedded">[B, image tokens, width], from <see cref="IBackbone.EmbedImages"/>.</param>
    /// <returns>[B, classes].</returns>
    torch.Tensor Logits(torch.Tensor embedded);
}
