using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods.CoOp;

/// <summary>Contexts that start as words.</summary>
internal static class ContextStart
{
    /// <summary>The longest context, as the schema of the spec says.</summary>
    internal const int MaxLength = 256;

    /// <summary>The embeddings of the template's words in front of the name ("a photo of a").</summary>
    /// <returns>[tokens of those words, text width].</returns>
    /// <exception cref="InvalidInputException">The template begins with the name.</exception>
    internal static torch.Tensor FromTemplate(IBackbone model, ClassTexts words) => words.Before.Length > 0
        ? ContextTexts.Embed(model, words.Before)
        : throw new InvalidInputException(
            $"The template '{words.Template}' has no words in front of the name for the context to start from; write some.");
}
