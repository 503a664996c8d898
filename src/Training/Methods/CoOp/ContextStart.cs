using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods.CoOp;

/// <summary>Initializes contexts with the embeddings of words.</summary>
internal static class ContextStart
{
    /// <summary>The maximum context length, which is also the limit in the spec's schema.</summary>
    internal const int MaxLength = 256;

    /// <summary>Returns the embeddings of the template's words before the class name ("a photo of a").</summary>
    /// <returns>The embeddings, [tokens, text width].</returns>
    /// <exception cref="InvalidInputException">The template begins with the class name.</exception>
    internal static torch.Tensor FromTemplate(IBackbone model, ClassTexts words) => words.Before.Length > 0
        ? ContextTexts.Embed(model, words.Before)
        : throw new InvalidInputException(
            $"The template '{words.Template}' has no words before the class name to initialise the context from; add some.");
}
