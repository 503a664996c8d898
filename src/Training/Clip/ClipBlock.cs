using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Clip;

/// <summary>
/// One pre-norm transformer block: x += attention(ln_1(x)), x += mlp(ln_2(x)). Prompt rows P join keys and values only, K = f_k(ln_1([P,
/// x])) and
/// V = f_v(ln_1([P, x])) (ADAPT, equation 7): they depend on parameters alone, so they are computed once and expanded over the sequences.
/// </summary>
internal sealed class ClipBlock
{
    private readonly TowerConfig _config;
    private readonly long[] _normShape;
    private readonly torch.Tensor _norm1Weight, _norm1Bias, _queryWeight, _queryBias, _keyValueWeight, _keyValueBias, _outWeight, _outBias;
    private readonly torch.Tensor _norm2Weight, _norm2Bias, _mlp1Weight, _mlp1Bias, _mlp2Weight, _mlp2Bias;

    /// <summary>Arranges the weights for few, large products.</summary>
    /// <param name="tensors">The model's tensors by name.</param>
    /// <param name="prefix">The start of this block's names.</param>
    /// <param name="config">The tower's size.</param>
    internal ClipBlock(IReadOnlyDictionary<string, torch.Tensor> tensors, string prefix, TowerConfig config)
    {
        torch.Tensor At(string name) => tensors[prefix + name];
        _config = config;
        _normShape = [config.Width];
        (_norm1Weight, _norm1Bias) = (At("layer_norm1.weight"), At("layer_norm1.bias"));
        (_norm2Weight, _norm2Bias) = (At("layer_norm2.weight"), At("layer_norm2.bias"));
        (_queryWeight, _queryBias) = (At("self_attn.q_proj.weight"), At("self_attn.q_proj.bias"));
        _keyValueWeight = torch.cat([At("self_attn.k_proj.weight"), At("self_attn.v_proj.weight")], 0);
        _keyValueBias = torch.cat([At("self_attn.k_proj.bias"), At("self_attn.v_proj.bias")], 0);
        (_outWeight, _outBias) = (At("self_attn.out_proj.weight"), At("self_attn.out_proj.bias"));
        (_mlp1Weight, _mlp1Bias) = (At("mlp.fc1.weight"), At("mlp.fc1.bias"));
        (_mlp2Weight, _mlp2Bias) = (At("mlp.fc2.weight"), At("mlp.fc2.bias"));
        if (config.Activation == ClipActivation.QuickGelu)
        {
            // x·sigmoid(cx) = silu(cx)/c: with the c in the weights the activation is one operation instead of three.
            const double c = 1.702;
            (_mlp1Weight, _mlp1Bias, _mlp2Weight) = (_mlp1Weight.Times(c), _mlp1Bias.Times(c), _mlp2Weight.Over(c));
        }
    }

    /// <summary>Every tensor that the block holds.</summary>
    internal IEnumerable<torch.Tensor> Tensors =>
    [
        _norm1Weight, _norm1Bias, _queryWeight, _queryBias, _keyValueWeight, _keyValueBias, _outWeight, _outBias,
        _norm2Weight, _norm2Bias, _mlp1Weight, _mlp1Bias, _mlp2Weight, _mlp2Bias,
    ];

    /// <summary>All rows through the block.</summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="sequences">How to read the rows.</param>
    /// <param name="prompts">[n, width], or null for none.</param>
    /// <returns>[rows, width].</returns>
    internal torch.Tensor Forward(torch.Tensor x, Sequences sequences, torch.Tensor? prompts)
    {
        using var scope = torch.NewDisposeScope();
        var normed = Norm1(x);
        var masks = sequences.Masks((int)(prompts?.shape[0] ?? 0));
        var queries = linear(normed, _queryWeight, _queryBias);
        var (before, keyValues) = KeyValues(normed, sequences, prompts);
        torch.Tensor attended;
        if (sequences.Shared == 0)
        {
            attended = Attend(Heads(queries, sequences.Count), keyValues, masks.Own);
        }
        else
        {
            var parts = queries.split([sequences.Shared, sequences.Count * sequences.Own], 0);
            var shared = Attend(Heads(parts[0], 1), before!, masks.Shared);
            attended = torch.cat([shared, Attend(Heads(parts[1], sequences.Count), keyValues, masks.Own)], 0);
        }
        return Finish(x, attended).MoveToOuterDisposeScope();
    }

    /// <summary>The last block of a tower: only the rows that are read out ask, and only they pass the MLP.</summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="sequences">How to read the rows.</param>
    /// <param name="prompts">[n, width], or null for none.</param>
    /// <returns>[count, width].</returns>
    internal torch.Tensor ForwardReadOut(torch.Tensor x, Sequences sequences, torch.Tensor? prompts)
    {
        using var scope = torch.NewDisposeScope();
        var normed = Norm1(x);
        var masks = sequences.Masks((int)(prompts?.shape[0] ?? 0));
        var queries = linear(sequences.ReadOut(normed), _queryWeight, _queryBias);
        var (_, keyValues) = KeyValues(normed, sequences, prompts);
        return Finish(sequences.ReadOut(x), Attend(Heads(queries, sequences.Count), keyValues, masks.ReadOut)).MoveToOuterDisposeScope();
    }

    private torch.Tensor Norm1(torch.Tensor x) => layer_norm(x, _normShape, _norm1Weight, _norm1Bias, _config.LayerNormEpsilon);

    /// <summary>
    /// Keys and values of the rows that come before every sequence, [1, n + shared, 2·width] or null, and of whole sequences, [count, all,
    /// 2·width].
    /// </summary>
    private (torch.Tensor? Before, torch.Tensor All) KeyValues(torch.Tensor normed, Sequences sequences, torch.Tensor? prompts)
    {
        var own = linear(normed, _keyValueWeight, _keyValueBias);
        var before = prompts is null ? null : linear(Norm1(prompts), _keyValueWeight, _keyValueBias);
        if (sequences.Shared > 0)
        {
            var parts = own.split([sequences.Shared, sequences.Count * sequences.Own], 0);
            before = before is null ? parts[0] : torch.cat([before, parts[0]], 0);
            own = parts[1];
        }
        var all = own.view(sequences.Count, sequences.Own, 2 * _config.Width);
        if (before is null) return (null, all);
        before = before.unsqueeze(0);
        return (before, torch.cat([before.expand(sequences.Count, -1, -1), all], 1));
    }

    /// <summary>[count · n, width] to [count, heads, n, head width].</summary>
    private torch.Tensor Heads(torch.Tensor rows, int count) => rows.view(count, -1, _config.Heads, _config.HeadWidth).transpose(1, 2);

    /// <summary>softmax(QKᵀ/√(head width) + mask) V, heads joined: [count · n, width].</summary>
    private torch.Tensor Attend(torch.Tensor queries, torch.Tensor keyValues, torch.Tensor? mask)
    {
        var parts = keyValues.view(keyValues.shape[0], keyValues.shape[1], 2, _config.Heads, _config.HeadWidth).unbind(2);
        var attended = scaled_dot_product_attention(queries, parts[0].transpose(1, 2), parts[1].transpose(1, 2), mask);
        return attended.transpose(1, 2).reshape(-1, _config.Width);
    }

    private torch.Tensor Finish(torch.Tensor x, torch.Tensor attended)
    {
        var y = x.Plus(linear(attended, _outWeight, _outBias));
        var hidden = linear(layer_norm(y, _normShape, _norm2Weight, _norm2Bias, _config.LayerNormEpsilon), _mlp1Weight, _mlp1Bias);
        return y.Plus(linear(_config.Activation == ClipActivation.QuickGelu ? silu(hidden) : gelu(hidden), _mlp2Weight, _mlp2Bias));
    }
}
