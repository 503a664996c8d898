using AdaptCluster.Contracts.Jobs;
using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// A model with an image tower and a text tower whose features are compared, as CLIP has them: all that methods, jobs and benchmarks know
/// of it. A frozen one may be used from several threads at once; gradients flow through it to prompts and tokens of the caller.
/// <see cref="BackboneEncoding"/> makes features with it.
/// </summary>
public interface IBackbone : IDisposable
{
    /// <summary>The family's name, as in <see cref="IBackboneFamily.ModelType"/>.</summary>
    string Family { get; }

    /// <summary>Its sizes.</summary>
    BackboneShape Shape { get; }

    /// <summary>Where the weights are and the work is done.</summary>
    torch.Device Device { get; }

    /// <summary>Parameters of everything, embeddings included.</summary>
    long ParameterCount { get; }

    /// <summary>Whether the weights get gradients. Jobs take frozen backbones only.</summary>
    bool IsTrainable { get; }

    /// <summary>What it costs to run.</summary>
    IBackboneCost Cost { get; }

    /// <summary>The tower of images.</summary>
    ITower Vision { get; }

    /// <summary>The tower of texts, causal: a token sees those before it alone.</summary>
    ITower Text { get; }

    /// <summary>About how many token rows the text tower runs fastest with in one sequence; 1 for a sequence of each text.</summary>
    int TextRows { get; }

    /// <summary>
    /// Whether lanes with different numbers of prompt rows in a block pass one padded attention call, instead of a call each.
    /// </summary>
    bool PadsPrompts { get; }

    /// <summary>The factor on cosines, [].</summary>
    torch.Tensor Scale { get; }

    /// <summary>The embeddings of the text positions, [context length, width].</summary>
    torch.Tensor TextPositions { get; }

    /// <summary>This backbone with another arithmetic of its towers; shares what it can, and is disposed with it.</summary>
    /// <param name="precision">The arithmetic.</param>
    IBackbone In(Precision precision);

    /// <summary>Cuts images into patches and embeds them: everything in front of the first block, which no prompt reaches.</summary>
    /// <param name="pixels">[B, 3, image size, image size], normalised.</param>
    /// <returns>[B, image tokens, width].</returns>
    torch.Tensor EmbedImages(torch.Tensor pixels);

    /// <summary>Takes tokens of the caller through what the image tower has between its embeddings and its first block.</summary>
    /// <param name="rows">[n, width].</param>
    /// <returns>[n, width].</returns>
    torch.Tensor EmbedImageTokens(torch.Tensor rows);

    /// <summary>The embeddings of text tokens, without their positions'.</summary>
    /// <param name="ids">[n], int64, each in the vocabulary.</param>
    /// <returns>[n, width].</returns>
    torch.Tensor EmbedTokens(torch.Tensor ids);

    /// <summary>The similarity of every image with every text, as the softmax of the loss takes it.</summary>
    /// <param name="imageFeatures">[B, embedding size].</param>
    /// <param name="textFeatures">[K, embedding size].</param>
    /// <returns>[B, K].</returns>
    torch.Tensor Logits(torch.Tensor imageFeatures, torch.Tensor textFeatures);
}

/// <summary>The transformer blocks of a tower and what stands behind them.</summary>
public interface ITower
{
    /// <summary>Rows in front of the first block to features.</summary>
    /// <param name="rows">[rows, width].</param>
    /// <param name="sequences">How to read the rows.</param>
    /// <param name="prompts">Live prompt rows by lane and block; each becomes a key and a value of its block.</param>
    /// <param name="replace">From a block's index and its rows the rows that pass it instead, both in float32; not asked for the first
    /// block. Null: none.</param>
    /// <returns>[lanes · count · read, embedding size], not normalised.</returns>
    torch.Tensor Forward(torch.Tensor rows, Sequences sequences, TowerPrompts prompts,
        Func<int, torch.Tensor, torch.Tensor>? replace = null);

    /// <summary>Features of every row, not of those alone that are read out.</summary>
    /// <param name="rows">[rows, width].</param>
    /// <param name="sequences">How to read the rows, of one lane.</param>
    /// <returns>[rows, embedding size], not normalised.</returns>
    torch.Tensor ForwardAll(torch.Tensor rows, Sequences sequences);
}
