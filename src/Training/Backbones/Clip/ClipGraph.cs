using AdaptCluster.Training.Onnx;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>
/// Builds the image tower and the comparison with texts as an ONNX graph that computes the same logits as <see cref="ClipModel"/>. Values
/// that do not depend on the image are computed here and become constants of the graph: the keys and values of the prompts, the tokens, and
/// the matrix of text features.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="graph">The graph that receives the nodes.</param>
internal sealed class ClipGraph(ClipModel model, OnnxGraph graph)
{
    private readonly ClipTower _tower = (ClipTower)model.Vision;
    private readonly TowerConfig _config = model.Config.Vision;

    /// <summary>
    /// The shapes for expanding a constant over the batch, in three and in four dimensions. The first dimension is the batch size; the
    /// others are 1.
    /// </summary>
    private string _rows = "", _heads = "";

    /// <summary>Adds the computation from pixels to logits.</summary>
    /// <param name="pixels">The graph value of the pixels, [B, 3, image size, image size].</param>
    /// <param name="classifier">The classifier's tensors.</param>
    /// <returns>The graph value of the logits, [B, classes].</returns>
    internal string Logits(string pixels, FixedClassifier classifier)
    {
        if (classifier.ImagePrompts.Count > _config.Depth || classifier.ImageTokens.Count > _config.Depth)
            throw new ArgumentException($"There are prompts for more blocks than the tower has ({_config.Depth}).", nameof(classifier));
        var batch = graph.Add("Shape", [pixels], OnnxAttribute.Of("start", 0L), OnnxAttribute.Of("end", 1L));
        (_rows, _heads) = (graph.Concat(0, batch, graph.Integers(1, 1)), graph.Concat(0, batch, graph.Integers(1, 1, 1)));
        var x = Embed(pixels);
        for (var i = 0; i < _tower.Blocks.Count; i++)
        {
            if (i < classifier.ImageTokens.Count) x = WithTokens(x, i, classifier.ImageTokens[i]);
            x = Block(x, i, i < classifier.ImagePrompts.Count ? classifier.ImagePrompts[i] : null);
        }
        var (weight, bias, projection) = _tower.Last;
        // [B, 1, width], since the last block returns only the class token.
        var read = graph.Reshape(graph.LayerNorm(x, "post_norm", weight, bias, _config.LayerNormEpsilon), 0, _config.Width);
        var units = graph.UnitRows(graph.Linear(read, "projection", projection, null));
        var scaled = graph.Times(units, graph.Constant("scale", model.Scale));
        return graph.MatrixProduct(scaled, graph.Constant("texts", normalize(classifier.Texts, dim: -1).t()));
    }

    /// <summary>Adds the patch embedding, the class token, the positions and the norm before the blocks; returns [B, image tokens,
    /// width].</summary>
    private string Embed(string pixels)
    {
        long patch = model.Config.PatchSize;
        var convolved = graph.Add("Conv", [pixels, graph.Constant("patches.weight", model.Tensor(ClipTensorNames.PatchEmbedding))],
            OnnxAttribute.Of("kernel_shape", [patch, patch]), OnnxAttribute.Of("strides", [patch, patch]));
        var patches = graph.Transpose(graph.Reshape(convolved, 0, _config.Width, model.Shape.Patches), 0, 2, 1);
        var first = graph.Expand(
            graph.Constant("class_token", model.Tensor(ClipTensorNames.ClassEmbedding).view(1, 1, -1)), _rows);
        var rows = graph.Plus(graph.Concat(1, first, patches),
            graph.Constant("positions", model.Tensor(ClipTensorNames.ImagePositions)));
        return graph.LayerNorm(rows, "pre_norm", model.Tensor(ClipTensorNames.ImagePreNorm + ".weight"),
            model.Tensor(ClipTensorNames.ImagePreNorm + ".bias"), _config.LayerNormEpsilon);
    }

    /// <summary>Appends tokens after the patches, replacing the tokens of the previous block.</summary>
    private string WithTokens(string x, int block, torch.Tensor tokens)
    {
        // The tokens of the first block pass through the norm before the tower.
        var own = block > 0 ? tokens : model.EmbedImageTokens(tokens.reshape(-1, _config.Width)).unsqueeze(0);
        var before = block == 0 ? x : graph.First(x, axis: 1, model.Shape.ImageTokens);
        return graph.Concat(1, before, graph.Expand(graph.Constant($"block_{block}.tokens", own), _rows));
    }

    private string Block(string x, int index, torch.Tensor? prompts)
    {
        var (name, weights) = ($"block_{index}", _tower.Blocks[index].Weights);
        var normed = graph.LayerNorm(x, name + ".norm1", weights.Norm1Weight, weights.Norm1Bias, _config.LayerNormEpsilon);
        // Only the class token of the last block is read.
        var last = index == _tower.Blocks.Count - 1;
        var asking = last ? graph.First(normed, axis: 1, 1) : normed;
        var attended = Attention(asking, normed, name, weights,
            prompts is { } rows && rows.shape[0] > 0 ? _tower.Blocks[index].PromptKeyValues(rows) : null);
        var y = graph.Plus(last ? graph.First(x, axis: 1, 1) : x,
            graph.Linear(attended, name + ".out", weights.OutWeight, weights.OutBias));
        var hidden = graph.Linear(
            graph.LayerNorm(y, name + ".norm2", weights.Norm2Weight, weights.Norm2Bias, _config.LayerNormEpsilon),
            name + ".mlp1", weights.Mlp1Weight, weights.Mlp1Bias);
        return graph.Plus(y, graph.Linear(Activated(hidden, name), name + ".mlp2", weights.Mlp2Weight, weights.Mlp2Bias));
    }

    /// <summary>Adds softmax(QKᵀ/√(head width)) V, with heads concatenated.</summary>
    /// <param name="asking">The rows from which queries are computed, [B, n, width].</param>
    /// <param name="seen">The rows from which keys and values are computed, [B, m, width].</param>
    /// <param name="name">The prefix of the constants' names.</param>
    /// <param name="weights">The block's weights.</param>
    /// <param name="prompts">The keys and values of the prompts, [p, 2 · width], which precede all other keys and values; null for
    /// none.</param>
    /// <returns>The attention output, [B, n, width].</returns>
    private string Attention(string asking, string seen, string name, ClipBlockWeights weights, torch.Tensor? prompts)
    {
        string Part(string rows, string part, torch.Tensor weight, torch.Tensor bias, params long[] order) => graph.Transpose(
            graph.Reshape(graph.Linear(rows, $"{name}.{part}", weight, bias), 0, 0, _config.Heads, _config.HeadWidth), order);
        torch.Tensor Half(torch.Tensor both, long which, int dimension) =>
            both.narrow(dimension, which * _config.Width, _config.Width);
        var queries = Part(asking, "queries", weights.QueryWeight, weights.QueryBias, 0, 2, 1, 3);
        var keys = Part(seen, "keys", Half(weights.KeyValueWeight, 0, 0), Half(weights.KeyValueBias, 0, 0), 0, 2, 3, 1);
        var values = Part(seen, "values", Half(weights.KeyValueWeight, 1, 0), Half(weights.KeyValueBias, 1, 0), 0, 2, 1, 3);
        if (prompts is not null)
        {
            string Stretched(string part, int which, params long[] order) => graph.Expand(graph.Constant($"{name}.prompt_{part}",
                Half(prompts, which, 1).reshape(1, prompts.shape[0], _config.Heads, _config.HeadWidth).permute(order)), _heads);
            keys = graph.Concat(3, Stretched("keys", 0, 0, 2, 3, 1), keys);
            values = graph.Concat(2, Stretched("values", 1, 0, 2, 1, 3), values);
        }
        var scale = graph.Constant($"{name}.attention_scale", torch.tensor((float)(1 / Math.Sqrt(_config.HeadWidth))));
        var shares = graph.Add("Softmax", [graph.Times(graph.MatrixProduct(queries, keys), scale)], OnnxAttribute.Of("axis", -1L));
        return graph.Reshape(graph.Transpose(graph.MatrixProduct(shares, values), 0, 2, 1, 3), 0, 0, _config.Width);
    }

    private string Activated(string hidden, string name)
    {
        // QuickGELU's factor is folded into the weights.
        if (_config.Activation == ClipActivation.QuickGelu) return graph.Times(hidden, graph.Add("Sigmoid", [hidden]));
        // x · Φ(x) = x/2 · (1 + erf(x/√2))
        string Number(string part, double value) => graph.Constant($"{name}.{part}", torch.tensor((float)value));
        var erf = graph.Add("Erf", [graph.Times(hidden, Number("gelu_inner", 1 / Math.Sqrt(2)))]);
        return graph.Times(graph.Times(hidden, Number("gelu_half", 0.5)), graph.Plus(erf, Number("gelu_one", 1)));
    }
}
