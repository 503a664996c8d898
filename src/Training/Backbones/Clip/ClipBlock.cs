using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>
/// One pre-norm transformer block: x += attention(ln_1(x)), x += mlp(ln_2(x)). Prompt rows P contribute keys and values only, K =
/// f_k(ln_1([P, x])) and V = f_v(ln_1([P, x])) (ADAPT, equation 7). Their keys and values depend only on parameters, so they are computed
/// once and expanded over the sequences. One step can pass several lanes through the block, each with its own prompts.
/// </summary>
internal sealed class ClipBlock
{
    /// <summary>The minimum number of rows in a matrix product. Smaller inputs are padded with rows of zeros.</summary>
    private const int FewestRows = 8;

    private readonly TowerConfig _config;
    private readonly long[] _normShape;
    private readonly torch.Tensor _norm1Weight, _norm1Bias, _queryWeight, _queryBias, _keyValueWeight, _keyValueBias, _outWeight, _outBias;
    private readonly torch.Tensor _norm2Weight, _norm2Bias, _mlp1Weight, _mlp1Bias, _mlp2Weight, _mlp2Bias;

    /// <summary>The weight and bias of the first layer norm for prompts, which stay in float32 because they are trained.</summary>
    private readonly torch.Tensor _promptNormWeight, _promptNormBias;

    /// <summary>The joint projection to queries, keys and values; null if two separate products are used.</summary>
    private readonly torch.Tensor? _jointWeight, _jointBias;

    /// <summary>Initializes a block, arranging the weights for a few large matrix products.</summary>
    /// <param name="tensors">The model's tensors, keyed by name.</param>
    /// <param name="prefix">The prefix of this block's tensor names.</param>
    /// <param name="config">The tower's dimensions.</param>
    internal ClipBlock(IReadOnlyDictionary<string, torch.Tensor> tensors, string prefix, TowerConfig config)
    {
        torch.Tensor At(string name) => tensors[prefix + name];
        _config = config;
        _normShape = [config.Width];
        (_norm1Weight, _norm1Bias) = (At("layer_norm1.weight"), At("layer_norm1.bias"));
        (_promptNormWeight, _promptNormBias) = (_norm1Weight, _norm1Bias);
        (_norm2Weight, _norm2Bias) = (At("layer_norm2.weight"), At("layer_norm2.bias"));
        (_queryWeight, _queryBias) = (At("self_attn.q_proj.weight"), At("self_attn.q_proj.bias"));
        _keyValueWeight = torch.cat([At("self_attn.k_proj.weight"), At("self_attn.v_proj.weight")], 0);
        _keyValueBias = torch.cat([At("self_attn.k_proj.bias"), At("self_attn.v_proj.bias")], 0);
        // On a CPU, a product with a different number of columns may be summed in a different order.
        if (_queryWeight.device.type != DeviceType.CPU)
        {
            (_jointWeight, _queryWeight, _keyValueWeight) = Joint(_queryWeight, _keyValueWeight);
            (_jointBias, _queryBias, _keyValueBias) = Joint(_queryBias, _keyValueBias);
        }
        (_outWeight, _outBias) = (At("self_attn.out_proj.weight"), At("self_attn.out_proj.bias"));
        (_mlp1Weight, _mlp1Bias) = (At("mlp.fc1.weight"), At("mlp.fc1.bias"));
        (_mlp2Weight, _mlp2Bias) = (At("mlp.fc2.weight"), At("mlp.fc2.bias"));
        if (config.Activation == ClipActivation.QuickGelu)
        {
            // x·sigmoid(cx) = silu(cx)/c: with c folded into the weights, the activation is one operation instead of three.
            const double c = 1.702;
            (_mlp1Weight, _mlp1Bias, _mlp2Weight) = (_mlp1Weight.Times(c), _mlp1Bias.Times(c), _mlp2Weight.Over(c));
        }
    }

    private ClipBlock(ClipBlock exact, torch.ScalarType type)
    {
        torch.Tensor In(torch.Tensor weight) => weight.to_type(type);
        (_config, _normShape) = (exact._config, exact._normShape);
        (_promptNormWeight, _promptNormBias) = (exact._norm1Weight, exact._norm1Bias);
        (_norm1Weight, _norm1Bias, _norm2Weight, _norm2Bias) =
            (In(exact._norm1Weight), In(exact._norm1Bias), In(exact._norm2Weight), In(exact._norm2Bias));
        (_jointWeight, _queryWeight, _keyValueWeight) = Joint(In(exact._queryWeight), In(exact._keyValueWeight));
        (_jointBias, _queryBias, _keyValueBias) = Joint(In(exact._queryBias), In(exact._keyValueBias));
        (_outWeight, _outBias) = (In(exact._outWeight), In(exact._outBias));
        (_mlp1Weight, _mlp1Bias, _mlp2Weight, _mlp2Bias) =
            (In(exact._mlp1Weight), In(exact._mlp1Bias), In(exact._mlp2Weight), In(exact._mlp2Bias));
    }

    /// <summary>
    /// Returns this block with norms, matrix products, attention and residual sums in another data type. Prompts stay in float32 until
    /// their norm has been applied.
    /// </summary>
    internal ClipBlock In(torch.ScalarType type) => new(this, type);

    /// <summary>All tensors of the block.</summary>
    internal IEnumerable<torch.Tensor> Tensors =>
    [
        _norm1Weight, _norm1Bias, _queryWeight, _queryBias, _keyValueWeight, _keyValueBias, _outWeight, _outBias,
        _norm2Weight, _norm2Bias, _mlp1Weight, _mlp1Bias, _mlp2Weight, _mlp2Bias,
        .. _jointWeight is null ? [] : (torch.Tensor[])[_jointWeight, _jointBias!],
    ];

    /// <summary>The weights, arranged as this block uses them.</summary>
    internal ClipBlockWeights Weights => new(_norm1Weight, _norm1Bias, _queryWeight, _queryBias, _keyValueWeight, _keyValueBias,
        _outWeight, _outBias, _norm2Weight, _norm2Bias, _mlp1Weight, _mlp1Bias, _mlp2Weight, _mlp2Bias);

    /// <summary>Passes all rows through the block.</summary>
    /// <param name="x">The rows, [rows, width].</param>
    /// <param name="sequences">The layout of the rows.</param>
    /// <param name="prompts">The prompt rows.</param>
    /// <returns>The output rows, [rows, width].</returns>
    internal torch.Tensor Forward(torch.Tensor x, Sequences sequences, BlockPrompts prompts)
    {
        using var scope = torch.NewDisposeScope();
        var (queries, keyValues) = QueriesKeysValues(Norm1(x));
        return Finish(x, Attend(queries, keyValues, sequences, prompts, readOut: false)).MoveToOuterDisposeScope();
    }

    /// <summary>Passes rows through the last block of a tower, in which only the read-out rows have queries and pass through the
    /// MLP.</summary>
    /// <param name="x">The rows, [rows, width].</param>
    /// <param name="sequences">The layout of the rows.</param>
    /// <param name="prompts">The prompt rows.</param>
    /// <returns>The read-out rows, [lanes · count · read, width].</returns>
    internal torch.Tensor ForwardReadOut(torch.Tensor x, Sequences sequences, BlockPrompts prompts)
    {
        using var scope = torch.NewDisposeScope();
        var normed = Norm1(x);
        var lanes = prompts.Counts.Length;
        var queries = Linear(sequences.ReadOut(normed, lanes), _queryWeight, _queryBias);
        var keyValues = Linear(normed, _keyValueWeight, _keyValueBias);
        return Finish(sequences.ReadOut(x, lanes), Attend(queries, keyValues, sequences, prompts, readOut: true)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes xWᵀ + b. CPU libraries use a different summation order for products of one to three rows, so small inputs are padded with
    /// rows of zeros. A single image then gives bit-identical results to the same image in a small batch. On some processors, products of
    /// 16 or more rows also differ in the last digits, so a result that must not depend on its neighbours is computed in a separate call.
    /// </summary>
    internal static torch.Tensor Linear(torch.Tensor x, torch.Tensor weight, torch.Tensor? bias)
    {
        var missing = FewestRows - x.shape[0];
        return missing <= 0 ? linear(x, weight, bias!) : linear(pad(x, [0, 0, 0, missing]), weight, bias!).narrow(0, 0, x.shape[0]);
    }

    /// <summary>Concatenates the weights of two projections, and returns the result with views of its two parts.</summary>
    private static (torch.Tensor Joint, torch.Tensor Query, torch.Tensor KeyValue) Joint(torch.Tensor query, torch.Tensor keyValue)
    {
        var (joint, width) = (torch.cat([query, keyValue], 0), query.shape[0]);
        return (joint, joint.narrow(0, 0, width), joint.narrow(0, width, 2 * width));
    }

    private (torch.Tensor Queries, torch.Tensor KeyValues) QueriesKeysValues(torch.Tensor normed)
    {
        if (_jointWeight is null) return (Linear(normed, _queryWeight, _queryBias), Linear(normed, _keyValueWeight, _keyValueBias));
        var parts = Linear(normed, _jointWeight, _jointBias).split([_config.Width, 2L * _config.Width], 1);
        return (parts[0], parts[1]);
    }

    /// <summary>Computes the keys and values of prompts.</summary>
    /// <param name="prompts">The prompt rows, [n, width].</param>
    /// <returns>The keys and values, [n, 2 · width].</returns>
    internal torch.Tensor PromptKeyValues(torch.Tensor prompts)
    {
        var normed = layer_norm(prompts, _normShape, _promptNormWeight, _promptNormBias, _config.LayerNormEpsilon);
        return Linear(ClipTower.In(_keyValueWeight.dtype, normed), _keyValueWeight, _keyValueBias);
    }

    private torch.Tensor Norm1(torch.Tensor x) => layer_norm(x, _normShape, _norm1Weight, _norm1Bias, _config.LayerNormEpsilon);

    /// <summary>Computes the attention of all lanes, with one call for each group of lanes that can share it.</summary>
    /// <param name="queries">The queries, [.., width]: for the shared rows and then the own rows, or only for the read-out rows.</param>
    /// <param name="keyValues">The keys and values of all rows, [rows, 2 · width].</param>
    /// <param name="sequences">The layout of the rows.</param>
    /// <param name="prompts">The prompt rows.</param>
    /// <param name="readOut">Whether only the read-out rows have queries.</param>
    /// <returns>The attention output, shaped like <paramref name="queries"/>.</returns>
    private torch.Tensor Attend(torch.Tensor queries, torch.Tensor keyValues, Sequences sequences, BlockPrompts prompts, bool readOut)
    {
        var (lanes, shared, count) = (prompts.Counts.Length, sequences.Shared, sequences.Count);
        var width = 2 * _config.Width;
        var promptKeyValues = prompts.Rows is null ? null : PromptKeyValues(prompts.Rows);
        if (promptKeyValues is not null && prompts.Padding is { } padding) promptKeyValues = padding.Spread(promptKeyValues);
        var (sharedKeyValues, ownKeyValues) = Parted(keyValues, lanes * shared);
        var (sharedQueries, ownQueries) = Parted(queries, readOut ? 0 : lanes * shared);
        var asking = readOut ? sequences.Read : sequences.Own;
        var (fromShared, fromOwn) = (new List<torch.Tensor>(), new List<torch.Tensor>());
        foreach (var run in prompts.Runs())
        {
            torch.Tensor Rows(torch.Tensor all, int each) =>
                run.Lanes == lanes ? all : all.narrow(0, (long)run.First * each, (long)run.Lanes * each);
            var (sharedMask, mask) = prompts.Masks(run, sequences, queries, readOut);
            torch.Tensor[] parts =
            [
                .. run.Prompts == 0 ? [] : (torch.Tensor[])[promptKeyValues!.narrow(0, run.Row, (long)run.Lanes * run.Prompts).view(
                    run.Lanes, run.Prompts, width)],
                .. shared == 0 ? [] : (torch.Tensor[])[Rows(sharedKeyValues!, shared).view(run.Lanes, shared, width)],
            ];
            // The keys and values before each sequence depend only on the lane, so they are computed once and expanded over its sequences.
            var before = parts.Length switch { 0 => null, 1 => parts[0], _ => torch.cat(parts, 1) };
            if (sharedQueries is not null) fromShared.Add(Attend(Heads(Rows(sharedQueries, shared), run.Lanes), before!, sharedMask));
            var seen = Rows(ownKeyValues, count * sequences.Own).view(run.Lanes * count, sequences.Own, width);
            if (before is not null)
                seen = torch.cat([before.unsqueeze(1).expand(-1, count, -1, -1).reshape(run.Lanes * count, -1, width), seen], 1);
            fromOwn.Add(Attend(Heads(Rows(ownQueries, count * asking), run.Lanes * count), seen, mask));
        }
        torch.Tensor[] attended = [.. fromShared, .. fromOwn];
        return attended.Length == 1 ? attended[0] : torch.cat(attended, 0);
    }

    /// <summary>Splits rows into the first rows and the remaining rows. The first part is null if it would be empty.</summary>
    private static (torch.Tensor? First, torch.Tensor Others) Parted(torch.Tensor rows, int first)
    {
        if (first == 0) return (null, rows);
        var parts = rows.split([first, rows.shape[0] - first], 0);
        return (parts[0], parts[1]);
    }

    /// <summary>Reshapes [count · n, width] to [count, heads, n, head width].</summary>
    private torch.Tensor Heads(torch.Tensor rows, int count) => rows.view(count, -1, _config.Heads, _config.HeadWidth).transpose(1, 2);

    /// <summary>Computes softmax(QKᵀ/√(head width) + mask) V with heads concatenated, [count · n, width].</summary>
    private torch.Tensor Attend(torch.Tensor queries, torch.Tensor keyValues, torch.Tensor? mask)
    {
        var parts = keyValues.view(keyValues.shape[0], keyValues.shape[1], 2, _config.Heads, _config.HeadWidth).unbind(2);
        var attended = scaled_dot_product_attention(queries, parts[0].transpose(1, 2), parts[1].transpose(1, 2), mask);
        return attended.transpose(1, 2).reshape(-1, _config.Width);
    }

    private torch.Tensor Finish(torch.Tensor x, torch.Tensor attended)
    {
        var y = x.Plus(Linear(attended, _outWeight, _outBias));
        var hidden = Linear(layer_norm(y, _normShape, _norm2Weight, _norm2Bias, _config.LayerNormEpsilon), _mlp1Weight, _mlp1Bias);
        return y.Plus(Linear(_config.Activation == ClipActivation.QuickGelu ? silu(hidden) : gelu(hidden), _mlp2Weight, _mlp2Bias));
    }
}

/// <summary>The weights of a block: matrices [out, in], biases and norms [n].</summary>
/// <param name="Norm1Weight">The weight of the norm before the attention.</param>
/// <param name="Norm1Bias">The bias of the norm before the attention.</param>
/// <param name="QueryWeight">The weight of the query projection.</param>
/// <param name="QueryBias">The bias of the query projection.</param>
/// <param name="KeyValueWeight">The weight of the key projection, followed by the weight of the value projection.</param>
/// <param name="KeyValueBias">The bias of the key projection, followed by the bias of the value projection.</param>
/// <param name="OutWeight">The weight of the output projection after the attention.</param>
/// <param name="OutBias">The bias of the output projection after the attention.</param>
/// <param name="Norm2Weight">The weight of the norm before the MLP.</param>
/// <param name="Norm2Bias">The bias of the norm before the MLP.</param>
/// <param name="Mlp1Weight">The weight of the MLP's first layer. For QuickGELU, it is multiplied by 1.702, so that the activation is
/// SiLU.</param>
/// <param name="Mlp1Bias">The bias of the MLP's first layer. For QuickGELU, it is multiplied by 1.702.</param>
/// <param name="Mlp2Weight">The weight of the MLP's second layer. For QuickGELU, it is divided by 1.702.</param>
/// <param name="Mlp2Bias">The bias of the MLP's second layer.</param>
internal sealed record ClipBlockWeights(
    torch.Tensor Norm1Weight, torch.Tensor Norm1Bias, torch.Tensor QueryWeight, torch.Tensor QueryBias,
    torch.Tensor KeyValueWeight, torch.Tensor KeyValueBias, torch.Tensor OutWeight, torch.Tensor OutBias,
    torch.Tensor Norm2Weight, torch.Tensor Norm2Bias,
    torch.Tensor Mlp1Weight, torch.Tensor Mlp1Bias, torch.Tensor Mlp2Weight, torch.Tensor Mlp2Bias);
