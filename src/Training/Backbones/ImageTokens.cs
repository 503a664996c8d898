using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>Runs the image tower with the caller's tokens after the patches, and computes features of every patch.</summary>
public static class ImageTokens
{
    /// <summary>Encodes images with tokens that take part like patches: as queries, keys and values.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="embedded">[lanes · B, image tokens, width], from <see cref="IBackbone.EmbedImages"/>, lane after lane, with the same
    /// number of images each.</param>
    /// <param name="tokens">By block, [lanes, n, width] each; every image of a lane gets the lane's tokens. Those of the first block pass
    /// through the layer norm before the tower. At each later block, its own tokens replace the token outputs of the previous block. After
    /// the last block with tokens, the outputs are passed on.</param>
    /// <returns>[lanes · B, embedding size], not normalised.</returns>
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
    /// Computes features of all tokens: each goes through the final layer norm and the projection that CLIP applies to the class token.
    /// </summary>
    /// <param name="model">The backbone.</param>
    /// <param name="embedded">[B, image tokens, width], from <see cref="IBackbone.EmbedImages"/>.</param>
    /// <returns>[B, image tokens, embedding size], not normalised; the first is the image feature.</returns>
    public static torch.Tensor EncodeAll(IBackbone model, torch.Tensor embedded)
    {
        using var scope = torch.NewDisposeScope();
        var sequences = new ImageSequences { Read = 1, Count = (int)embedded.shape[0], Own = (int)embedded.shape[1] };
        var features = model.Vision.ForwardAll(embedded.reshape(-1, embedded.shape[2]), sequences);
        return features.view(embedded.shape[0], embedded.shape[1], -1).MoveToOuterDisposeScope();
    }
}
