using AdaptCluster.Contracts.Jobs;
using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// A model such as CLIP, with an image tower and a text tower whose features are compared. Methods, jobs and benchmarks use a model only
/// through this interface. Several threads may use a frozen model at once; gradients flow through it to the caller's prompts and tokens.
/// <see cref="BackboneEncoding"/> computes features with it.
/// </summary>
public interface IBackbone : IDisposable
{
    /// <summary>The family's name, as in <see cref="IBackboneFamily.ModelType"/>.</summary>
    string Family { get; }

    /// <summary>The model's dimensions.</summary>
    BackboneShape Shape { get; }

    /// <summary>The device of the weights, on which the model runs.</summary>
    torch.Device Device { get; }

    /// <summary>The total number of parameters, embeddings included.</summary>
    long ParameterCount { get; }

    /// <summary>Whether the weights receive gradients. Jobs accept only frozen backbones.</summary>
    bool IsTrainable { get; }

    /// <summary>The cost of running the model.</summary>
    IBackboneCost Cost { get; }

    /// <summary>The image tower.</summary>
    ITower Vision { get; }

    /// <summary>The text tower. It is causal: a token attends only to itself and to tokens before it.</summary>
    ITower Text { get; }

    /// <summary>The approximate number of token rows per sequence at which the text tower is fastest; 1 for one sequence per
    /// text.</summary>
    int TextRows { get; }

    /// <summary>
    /// Whether lanes with different numbers of prompt rows in a block share one padded attention call, instead of one call each.
    /// </summary>
    bool PadsPrompts { get; }

    /// <summary>The factor on cosines (the exponentiated logit scale), [].</summary>
    torch.Tensor Scale { get; }

    /// <summary>The text position embeddings, [context length, width].</summary>
    torch.Tensor TextPositions { get; }

    /// <summary>Returns this backbone with towers in another precision. It shares what it can, and is disposed with this one.</summary>
    /// <param name="precision">The precision of the towers.</param>
    IBackbone In(Precision precision);

    /// <summary>Cuts images into patches and embeds them: everything before the first block, which no prompt affects.</summary>
    /// <param name="pixels">[B, 3, image size, image size], normalised.</param>
    /// <returns>[B, image tokens, width].</returns>
    torch.Tensor EmbedImages(torch.Tensor pixels);

    /// <summary>Applies what the image tower does between its embeddings and its first block to the caller's tokens.</summary>
    /// <param name="rows">[n, width].</param>
    /// <returns>[n, width].</returns>
    torch.Tensor EmbedImageTokens(torch.Tensor rows);

    /// <summary>Returns the embeddings of text tokens, without position embeddings.</summary>
    /// <param name="ids">[n], int64, each in the vocabulary.</param>
    /// <returns>[n, width].</returns>
    torch.Tensor EmbedTokens(torch.Tensor ids);

    /// <summary>Computes the logits of every image with every text, as the input of the loss's softmax.</summary>
    /// <param name="imageFeatures">[B, embedding size].</param>
    /// <param name="textFeatures">[K, embedding size].</param>
    /// <returns>[B, K].</returns>
    torch.Tensor Logits(torch.Tensor imageFeatures, torch.Tensor textFeatures);
}

/// <summary>The transformer blocks of a tower and everything after them.</summary>
public interface ITower
{
    /// <summary>Computes features from the rows before the first block.</summary>
    /// <param name="rows">[rows, width].</param>
    /// <param name="sequences">The layout of the rows.</param>
    /// <param name="prompts">Live prompt rows by lane and block; each becomes a key and a value of its block.</param>
    /// <param name="replace">Maps a block's index and its input rows to the rows to use instead, both in float32. Not called for the first
    /// block. Null to replace none.</param>
    /// <returns>[lanes · count · read, embedding size], not normalised.</returns>
    torch.Tensor Forward(torch.Tensor rows, Sequences sequences, TowerPrompts prompts,
        Func<int, torch.Tensor, torch.Tensor>? replace = null);

    /// <summary>Computes features of every row, not only of those that are read out.</summary>
    /// <param name="rows">[rows, width].</param>
    /// <param name="sequences">The layout of the rows, for one lane.</param>
    /// <returns>[rows, embedding size], not normalised.</returns>
    torch.Tensor ForwardAll(torch.Tensor rows, Sequences sequences);
}
