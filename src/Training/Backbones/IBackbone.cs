using AdaptCluster.Contracts.Jobs;
using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// A model such as CLIP, with an image tower and a text tower whose features are compared. Methods, jobs and benchmarks use a model only
/// through this interface. Several threads can use a frozen model at once, and gradients flow only to the caller's prompts and tokens. <see
/// cref="BackboneEncoding"/> computes features with a model.
/// </summary>
public interface IBackbone : IDisposable
{
    /// <summary>The family's name, as in <see cref="IBackboneFamily.ModelType"/>.</summary>
    string Family { get; }

    /// <summary>The model's dimensions.</summary>
    BackboneShape Shape { get; }

    /// <summary>The device that holds the weights and runs the model.</summary>
    torch.Device Device { get; }

    /// <summary>The total number of parameters, including embeddings.</summary>
    long ParameterCount { get; }

    /// <summary>Whether the weights receive gradients. Jobs accept only frozen backbones.</summary>
    bool IsTrainable { get; }

    /// <summary>The cost of running the model.</summary>
    IBackboneCost Cost { get; }

    /// <summary>The image tower.</summary>
    ITower Vision { get; }

    /// <summary>The text tower. It is causal: a token attends only to itself and to earlier tokens.</summary>
    ITower Text { get; }

    /// <summary>The approximate number of token rows per sequence at which the text tower is fastest; 1 for one sequence per
    /// text.</summary>
    int TextRows { get; }

    /// <summary>
    /// Whether lanes with different numbers of prompt rows in a block share one padded attention call instead of using one call each.
    /// </summary>
    bool PadsPrompts { get; }

    /// <summary>The factor by which cosine similarities are multiplied: the exponentiated logit scale, a scalar tensor.</summary>
    torch.Tensor Scale { get; }

    /// <summary>The text position embeddings, [context length, width].</summary>
    torch.Tensor TextPositions { get; }

    /// <summary>
    /// Returns this backbone with its towers in the given precision. The result shares tensors with this backbone where possible, and is
    /// disposed together with it.
    /// </summary>
    /// <param name="precision">The precision of the towers.</param>
    IBackbone In(Precision precision);

    /// <summary>
    /// Splits images into patches and embeds them. These are all the steps before the first block, and prompts do not affect them.
    /// </summary>
    /// <param name="pixels">The images, [B, 3, image size, image size], normalised.</param>
    /// <returns>The embedded tokens, [B, image tokens, width].</returns>
    torch.Tensor EmbedImages(torch.Tensor pixels);

    /// <summary>
    /// Prepares the caller's tokens for the first block of the image tower, with the operations that the tower applies to its own
    /// embeddings.
    /// </summary>
    /// <param name="rows">The tokens, [n, width].</param>
    /// <returns>The prepared tokens, [n, width].</returns>
    torch.Tensor EmbedImageTokens(torch.Tensor rows);

    /// <summary>Returns the token embeddings of text tokens, without position embeddings.</summary>
    /// <param name="ids">The token ids, [n], int64, all in the vocabulary.</param>
    /// <returns>The embeddings, [n, width].</returns>
    torch.Tensor EmbedTokens(torch.Tensor ids);

    /// <summary>Computes the logits for every image-text pair, which are the input of the loss's softmax.</summary>
    /// <param name="imageFeatures">The image features, [B, embedding size], or [lanes, B, embedding size] for several lanes.</param>
    /// <param name="textFeatures">The text features, [K, embedding size], or [lanes, K, embedding size].</param>
    /// <returns>The logits, [B, K] or [lanes, B, K].</returns>
    torch.Tensor Logits(torch.Tensor imageFeatures, torch.Tensor textFeatures);
}

/// <summary>The transformer blocks of a tower and everything after them.</summary>
public interface ITower
{
    /// <summary>Computes features from the input rows of the first block.</summary>
    /// <param name="rows">The token rows, [rows, width].</param>
    /// <param name="sequences">The layout of the rows.</param>
    /// <param name="prompts">The live prompt rows of each lane and block; each row becomes a key and a value in its block.</param>
    /// <param name="replace">A function that receives a block's index and its input rows in float32 and returns the rows to use instead,
    /// also in float32. It is not called for the first block. Null to keep all rows.</param>
    /// <returns>The features, [lanes · count · read, embedding size], not normalised.</returns>
    torch.Tensor Forward(torch.Tensor rows, Sequences sequences, TowerPrompts prompts,
        Func<int, torch.Tensor, torch.Tensor>? replace = null);

    /// <summary>Computes the features of every row, not only of the read-out rows.</summary>
    /// <param name="rows">The token rows, [rows, width].</param>
    /// <param name="sequences">The layout of the rows, for one lane.</param>
    /// <returns>The features, [rows, embedding size], not normalised.</returns>
    torch.Tensor ForwardAll(torch.Tensor rows, Sequences sequences);
}
