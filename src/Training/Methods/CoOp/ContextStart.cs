using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods.CoOp;

/// <summary>Contexts that are initialised from words.</summary>
internal static class ContextStart
{
    /// <summary>The maximum context length, as in the schema of the spec.</summary>
    internal const int MaxLength = 256;

    /// <summary>The embeddings of the template's words before the name ("a photo of a").</summary>
    /// <returns>[tokens of those words, text width].</returns>
    /// <exception cref="InvalidInputException">The template begins with the name.</exception>
    internal static torch.Tensor FromTemplate(IBackbone model, ClassTexts words) => words.Before.Length > 0
        ? ContextTexts.Embed(model, words.Before)
        : throw new InvalidInputException(
            $"The template '{words.Template}' has no words before the class name to initialise the context from; write some.");
}
