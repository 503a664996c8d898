using AdaptCluster.Contracts;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>Encodes images and texts into features with any backbone.</summary>
public static class BackboneEncoding
{
    /// <summary>Encodes images into features.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="pixels">The images, [B, 3, image size, image size], normalised.</param>
    /// <param name="prompts">The live prompt rows of each block, [n, width] each; null for none.</param>
    /// <returns>The features, [B, embedding size], not normalised.</returns>
    public static torch.Tensor EncodeImages(this IBackbone model, torch.Tensor pixels, IReadOnlyList<torch.Tensor?>? prompts = null)
    {
        using var scope = torch.NewDisposeScope();
        return model.EncodeEmbeddedImages(model.EmbedImages(pixels), prompts).MoveToOuterDisposeScope();
    }

    /// <summary>Encodes embedded images into features.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="embedded">The output of <see cref="IBackbone.EmbedImages"/>.</param>
    /// <param name="prompts">The live prompt rows of each block, [n, width] each; null for none.</param>
    /// <returns>The features, [B, embedding size], not normalised.</returns>
    public static torch.Tensor EncodeEmbeddedImages(
        this IBackbone model, torch.Tensor embedded, IReadOnlyList<torch.Tensor?>? prompts = null) =>
        model.EncodeEmbeddedImages(embedded, TowerPrompts.Of(prompts));

    /// <summary>Encodes the images of several lanes into features.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="embedded">The output of <see cref="IBackbone.EmbedImages"/>, one lane after another, with the same number of images in
    /// each lane.</param>
    /// <param name="prompts">The live prompt rows of each lane and block.</param>
    /// <returns>The features, [lanes · B, embedding size], not normalised.</returns>
    public static torch.Tensor EncodeEmbeddedImages(this IBackbone model, torch.Tensor embedded, TowerPrompts prompts)
    {
        using var scope = torch.NewDisposeScope();
        var sequences = new ImageSequences { Count = (int)embedded.shape[0] / prompts.Lanes, Own = model.Shape.ImageTokens, Read = 1 };
        var rows = embedded.reshape(-1, model.Shape.Vision.Width);
        return model.Vision.Forward(rows, sequences, prompts).MoveToOuterDisposeScope();
    }

    /// <summary>Lays out and embeds texts. These are all the steps before the first block, and prompts do not affect them.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The token ids of each text, including start and end; ids after the end are ignored.</param>
    /// <exception cref="InvalidInputException">A text is longer than the context, or an id is not in the vocabulary.</exception>
    public static PreparedTexts PrepareTexts(this IBackbone model, IReadOnlyList<int[]> texts) =>
        Prepare(model, [.. texts.Select(text => Array.ConvertAll(text, id => (long)id))]);

    /// <summary>Encodes texts into features. Each text is read out at its end-of-text token, the first occurrence of its largest
    /// id.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The output of <see cref="PrepareTexts"/>.</param>
    /// <param name="prompts">The live prompt rows of each block, [n, width] each; null for none.</param>
    /// <returns>The features, [K, embedding size], not normalised.</returns>
    public static torch.Tensor EncodeTexts(this IBackbone model, PreparedTexts texts, IReadOnlyList<torch.Tensor?>? prompts = null) =>
        model.EncodeTexts(texts, TowerPrompts.Of(prompts));

    /// <summary>Encodes the same texts into features for each of several lanes.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The output of <see cref="PrepareTexts"/>.</param>
    /// <param name="prompts">The live prompt rows of each lane and block.</param>
    /// <returns>The features, [lanes · K, embedding size], not normalised.</returns>
    public static torch.Tensor EncodeTexts(this IBackbone model, PreparedTexts texts, TowerPrompts prompts)
    {
        using var scope = torch.NewDisposeScope();
        var read = model.Text.Forward(texts.Rows(prompts.Lanes), texts.Sequences, prompts);
        return texts.Sequences.InOrder(read, prompts.Lanes).MoveToOuterDisposeScope();
    }

    /// <summary>Encodes texts, given as padded rows of token ids, into features.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="ids">The token ids, [K, length], int64.</param>
    /// <param name="prompts">The live prompt rows of each block, [n, width] each; null for none.</param>
    /// <returns>The features, [K, embedding size], not normalised.</returns>
    /// <exception cref="InvalidInputException">The rows are longer than the context, or an id is not in the vocabulary.</exception>
    public static torch.Tensor EncodeTexts(this IBackbone model, torch.Tensor ids, IReadOnlyList<torch.Tensor?>? prompts = null)
    {
        using var scope = torch.NewDisposeScope();
        var length = (int)ids.shape[1];
        var texts = ids.cpu().contiguous().data<long>().ToArray().Chunk(length).ToList();
        using var prepared = Prepare(model, texts);
        return model.EncodeTexts(prepared, prompts).MoveToOuterDisposeScope();
    }

    /// <summary>Throws an exception if the backbone cannot encode the texts.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The token ids of each text.</param>
    /// <exception cref="InvalidInputException">There are no texts, a text is too short or longer than the context, or an id is not in the
    /// vocabulary.</exception>
    internal static void Check(this IBackbone model, IReadOnlyList<long[]> texts)
    {
        if (texts.Count == 0) throw new InvalidInputException("There are no texts to encode; a data set needs at least one class.");
        foreach (var text in texts)
        {
            if (text.Length < 2 || text.Length > model.Shape.ContextLength)
            {
                throw new InvalidInputException(
                    $"A text has {text.Length} tokens, but the model accepts 2 to {model.Shape.ContextLength}; "
                        + "shorten the class name or the template.");
            }
            if (Array.Find(text, id => id < 0 || id >= model.Shape.VocabularySize) is var bad and not 0)
            {
                throw new InvalidInputException($"Token id {bad} is not in the model's vocabulary of {model.Shape.VocabularySize} tokens; "
                    + "vocab.json belongs to a different model.");
            }
        }
    }

    private static PreparedTexts Prepare(IBackbone model, List<long[]> texts)
    {
        model.Check(texts);
        using var scope = torch.NewDisposeScope();
        var (sequences, ids, positions) = TextSequences.Lay(texts, model.TextRows, model.Device);
        var rows = model.EmbedTokens(torch.tensor(ids, device: model.Device))
            .Plus(model.TextPositions.index_select(0, torch.tensor(positions, device: model.Device)));
        return new PreparedTexts(sequences, rows.DetachFromDisposeScope());
    }
}
