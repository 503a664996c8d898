using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>Encodes images with the caller's tokens appended after the patches, and computes the features of every token.</summary>
public static class ImageTokens
{
    /// <summary>Encodes images with additional tokens that take part in attention like patches: as queries, keys and values.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="embedded">The output of <see cref="IBackbone.EmbedImages"/>, [lanes · B, image tokens, width]: one lane after another,
    /// with the same number of images in each lane.</param>
    /// <param name="tokens">The tokens for each block, [lanes, n, width] each. All images of a lane receive the lane's tokens. The tokens
    /// of the first block pass through the layer norm before the tower. The tokens of each later block replace the outputs of the previous
    /// block's tokens. Blocks beyond the list receive those outputs unchanged.</param>
    /// <returns>The features, [lanes · B, embedding size], not normalised.</returns>
    public static torch.Tensor Encode(IBackbone model, torch.Tensor embedded, IReadOnlyList<torch.Tensor> tokens)
    {
        using var scope = torch.NewDisposeScope();
        var (count, width) = (embedded.shape[0], embedded.shape[2]);
        var (patches, lanes, each) = (embedded.shape[1], tokens[0].shape[0], tokens[0].shape[1]);
        torch.Tensor Append(torch.Tensor rows, torch.Tensor own) => torch.cat(
            [rows, own.unsqueeze(1).expand(-1, count / lanes, -1, -1).reshape(count, each, width)], 1).reshape(-1, width);
        torch.Tensor Replace(int block, torch.Tensor rows) =>
            block < tokens.Count ? Append(rows.view(count, -1, width).narrow(1, 0, patches), tokens[block]) : rows;
        var sequences = new ImageSequences { Read = 1, Count = (int)count, Own = (int)(patches + each) };
        var first = Append(embedded, model.EmbedImageTokens(tokens[0].reshape(-1, width)).view(lanes, each, width));
        return model.Vision.Forward(first, sequences, TowerPrompts.Of(null), Replace).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the features of all tokens. Each token passes through the final layer norm and the projection, which CLIP applies only to
    /// the class token.
    /// </summary>
    /// <param name="model">The backbone.</param>
    /// <param name="embedded">The output of <see cref="IBackbone.EmbedImages"/>, [B, image tokens, width].</param>
    /// <returns>The features, [B, image tokens, embedding size], not normalised. The first feature of each image is its image
    /// feature.</returns>
    public static torch.Tensor EncodeAll(IBackbone model, torch.Tensor embedded)
    {
        using var scope = torch.NewDisposeScope();
        var sequences = new ImageSequences { Read = 1, Count = (int)embedded.shape[0], Own = (int)embedded.shape[1] };
        var features = model.Vision.ForwardAll(embedded.reshape(-1, embedded.shape[2]), sequences);
        return features.view(embedded.shape[0], embedded.shape[1], -1).MoveToOuterDisposeScope();
    }
}
