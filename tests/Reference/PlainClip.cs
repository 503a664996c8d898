using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Reference;

/// <summary>
/// CLIP with prompts in keys and values as public prompt-learning code writes it, operation for operation as in the papers: every token of
/// every text up to the context's end, every query of every block, one job, masks that hide removed tokens. What the trainer does in fewer
/// operations is held against this, in tests for its digits and in bench/Step for its time.
/// </summary>
/// <param name="config">The size.</param>
/// <param name="weights">The weights under Hugging Face's names, without gradients.</param>
internal sealed class PlainClip(ClipConfig config, IReadOnlyDictionary<string, torch.Tensor> weights)
{
    private static readonly Scalar _minusInfinity = double.NegativeInfinity.ToScalar();

    /// <summary>Texts as rows of the full context length.</summary>
    /// <param name="texts">Token ids of each text, start and end included.</param>
    /// <returns>[K, context length], int64, padded with 0.</returns>
    internal torch.Tensor Pad(IReadOnlyList<int[]> texts)
    {
        var ids = texts.SelectMany(text => text.Select(id => (long)id).Concat(Enumerable.Repeat(0L, config.ContextLength - text.Length)))
            .ToArray();
        return torch.tensor(ids, [texts.Count, config.ContextLength], device: weights[ClipTensorNames.TokenEmbedding].device);
    }

    /// <summary>Image features.</summary>
    /// <param name="pixels">[B, 3, image size, image size].</param>
    /// <param name="prompts">[depth, max context length, width]; null for none.</param>
    /// <param name="mask">[depth, max context length], bool: which tokens live.</param>
    /// <returns>[B, embedding size].</returns>
    internal torch.Tensor EncodeImages(torch.Tensor pixels, torch.Tensor? prompts = null, torch.Tensor? mask = null)
    {
        long[] strides = [config.PatchSize, config.PatchSize];
        var patches = conv2d(pixels, weights[ClipTensorNames.PatchEmbedding], strides: strides).flatten(2).transpose(1, 2);
        var first = weights[ClipTensorNames.ClassEmbedding].expand(pixels.shape[0], 1, -1);
        var x = torch.cat([first, patches], 1).Plus(weights[ClipTensorNames.ImagePositions]);
        x = Norm(x, ClipTensorNames.ImagePreNorm, config.Vision);
        x = Blocks(x, ClipTensorNames.VisionPrefix, config.Vision, prompts, mask, causal: false);
        return linear(Norm(x.select(1, 0), ClipTensorNames.ImagePostNorm, config.Vision), weights[ClipTensorNames.VisualProjection]);
    }

    /// <summary>Text features, read at the first position of the largest id.</summary>
    /// <param name="ids">From <see cref="Pad"/>: [K, context length], int64.</param>
    /// <param name="prompts">[depth, max context length, width]; null for none.</param>
    /// <param name="mask">[depth, max context length], bool: which tokens live.</param>
    /// <returns>[K, embedding size].</returns>
    internal torch.Tensor EncodeTexts(torch.Tensor ids, torch.Tensor? prompts = null, torch.Tensor? mask = null)
    {
        var x = weights[ClipTensorNames.TokenEmbedding].index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], -1)
            .Plus(weights[ClipTensorNames.TextPositions]);
        x = Norm(Blocks(x, ClipTensorNames.TextPrefix, config.Text, prompts, mask, causal: true),
            ClipTensorNames.TextPostNorm, config.Text);
        var ends = ids.argmax(1).view(-1, 1, 1).expand(-1, 1, x.shape[2]);
        return linear(x.gather(1, ends).squeeze(1), weights[ClipTensorNames.TextProjection]);
    }

    /// <summary>Token plus position embeddings.</summary>
    /// <param name="ids">From <see cref="Pad"/>: [K, context length], int64.</param>
    /// <returns>[K, context length, width].</returns>
    internal torch.Tensor EmbedTexts(torch.Tensor ids) =>
        weights[ClipTensorNames.TokenEmbedding].index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], -1)
            .Plus(weights[ClipTensorNames.TextPositions]);

    /// <summary>Text features of embeddings that may be another's, read at the first position of the largest id.</summary>
    /// <param name="x">[K, context length, width], positions' embeddings added.</param>
    /// <param name="ids">[K, context length], int64.</param>
    /// <param name="replace">From a block's index, from 1, and what it gets to what it shall get.</param>
    /// <returns>[K, embedding size].</returns>
    internal torch.Tensor EncodeEmbeddedTexts(torch.Tensor x, torch.Tensor ids, Func<int, torch.Tensor, torch.Tensor>? replace = null)
    {
        x = Norm(Blocks(x, ClipTensorNames.TextPrefix, config.Text, null, null, causal: true, replace),
            ClipTensorNames.TextPostNorm, config.Text);
        var ends = ids.argmax(1).view(-1, 1, 1).expand(-1, 1, x.shape[2]);
        return linear(x.gather(1, ends).squeeze(1), weights[ClipTensorNames.TextProjection]);
    }

    /// <summary>Features of every token of images that may have tokens behind their patches; the class token's comes first.</summary>
    /// <param name="pixels">[B, 3, image size, image size].</param>
    /// <param name="tokens">[n, width], before the layer norm in front of the tower; null for none.</param>
    /// <param name="replace">From a block's index, from 1, and what it gets to what it shall get.</param>
    /// <returns>[B, image tokens + n, embedding size].</returns>
    internal torch.Tensor EncodeImageTokens(torch.Tensor pixels, torch.Tensor? tokens = null,
        Func<int, torch.Tensor, torch.Tensor>? replace = null)
    {
        long[] strides = [config.PatchSize, config.PatchSize];
        var patches = conv2d(pixels, weights[ClipTensorNames.PatchEmbedding], strides: strides).flatten(2).transpose(1, 2);
        var first = weights[ClipTensorNames.ClassEmbedding].expand(pixels.shape[0], 1, -1);
        var x = torch.cat([first, patches], 1).Plus(weights[ClipTensorNames.ImagePositions]);
        if (tokens is not null) x = torch.cat([x, tokens.expand(pixels.shape[0], -1, -1)], 1);
        x = Blocks(Norm(x, ClipTensorNames.ImagePreNorm, config.Vision), ClipTensorNames.VisionPrefix, config.Vision, null,
            null, causal: false, replace);
        return linear(Norm(x, ClipTensorNames.ImagePostNorm, config.Vision), weights[ClipTensorNames.VisualProjection]);
    }

    /// <summary>The positions' embeddings of texts, [context length, width].</summary>
    internal torch.Tensor TextPositions => weights[ClipTensorNames.TextPositions];

    /// <summary>exp(logit scale), [].</summary>
    internal torch.Tensor Scale => weights[ClipTensorNames.LogitScale].exp();

    /// <summary>exp(logit scale) times the cosine of every image with every text, [B, K].</summary>
    internal torch.Tensor Logits(torch.Tensor images, torch.Tensor texts) =>
        weights[ClipTensorNames.LogitScale].exp() * normalize(images, dim: -1).matmul(normalize(texts, dim: -1).t());

    private torch.Tensor Blocks(torch.Tensor x, string tower, TowerConfig size, torch.Tensor? prompts, torch.Tensor? mask, bool causal,
        Func<int, torch.Tensor, torch.Tensor>? replace = null)
    {
        for (var depth = 0; depth < size.Depth; depth++)
        {
            if (replace is not null && depth > 0) x = replace(depth, x);
            // As Python does, what the graph does not keep goes at once.
            using var scope = torch.NewDisposeScope();
            var block = ClipTensorNames.Block(tower, depth);
            var prompted = prompts is not null && depth < prompts.shape[0];
            var attended = Attention(Norm(x, block + "layer_norm1", size), block, size, prompted ? prompts![depth] : null,
                prompted ? mask![depth] : null, causal);
            x = x.Plus(attended);
            var hidden = Linear(Norm(x, block + "layer_norm2", size), block + "mlp.fc1");
            hidden = size.Activation == ClipActivation.QuickGelu ? hidden * torch.sigmoid(hidden.Times(1.702)) : gelu(hidden);
            x = x.Plus(Linear(hidden, block + "mlp.fc2")).MoveToOuterDisposeScope();
        }
        return x;
    }

    /// <summary>softmax(QKᵀ/√(head width)) V with K and V of [prompt, x]; a removed token's key is seen by nobody.</summary>
    private torch.Tensor Attention(torch.Tensor x, string block, TowerConfig size, torch.Tensor? prompt, torch.Tensor? mask, bool causal)
    {
        using var scope = torch.NewDisposeScope();
        var (count, length) = (x.shape[0], x.shape[1]);
        torch.Tensor Heads(torch.Tensor rows) => rows.view(count, -1, size.Heads, size.HeadWidth).transpose(1, 2);
        var before = prompt is null ? 0 : prompt.shape[0];
        var keyed = prompt is null ? x : torch.cat([Norm(prompt, block + "layer_norm1", size).expand(count, -1, -1), x], 1);
        var (queries, keys, values) = (Heads(Linear(x, block + "self_attn.q_proj")), Heads(Linear(keyed, block + "self_attn.k_proj")),
            Heads(Linear(keyed, block + "self_attn.v_proj")));
        var scores = queries.matmul(keys.transpose(2, 3)).Over(Math.Sqrt(size.HeadWidth));
        var hidden = torch.zeros(length, before + length, dtype: torch.ScalarType.Bool, device: x.device);
        if (causal)
            hidden.narrow(1, before, length).copy_(torch.ones(length, length, dtype: torch.ScalarType.Bool, device: x.device).triu(1));
        if (mask is not null) hidden.narrow(1, 0, before).copy_(mask.logical_not().expand(length, -1));
        scores = scores.masked_fill(hidden, _minusInfinity);
        var attended = torch.softmax(scores, -1).matmul(values).transpose(1, 2).reshape(count, length, size.Width);
        return Linear(attended, block + "self_attn.out_proj").MoveToOuterDisposeScope();
    }

    private torch.Tensor Linear(torch.Tensor x, string name) => linear(x, weights[name + ".weight"], weights[name + ".bias"]);

    private torch.Tensor Norm(torch.Tensor x, string name, TowerConfig size) =>
        layer_norm(x, [size.Width], weights[name + ".weight"], weights[name + ".bias"], size.LayerNormEpsilon);
}
