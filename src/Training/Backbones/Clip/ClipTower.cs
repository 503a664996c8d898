using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>The blocks of one tower, followed by the final layer norm and the projection into the joint embedding space.</summary>
internal sealed class ClipTower : ITower
{
    private readonly ClipBlock[] _blocks;
    private readonly TowerConfig _config;
    private readonly torch.ScalarType _type;
    private readonly torch.Tensor _postWeight, _postBias, _projection;

    internal ClipTower(
        IReadOnlyDictionary<string, torch.Tensor> tensors, TowerConfig config, string prefix, string postNorm, string projection)
    {
        (_config, _type) = (config, torch.ScalarType.Float32);
        _blocks = [.. Enumerable.Range(0, config.Depth).Select(i => new ClipBlock(tensors, ClipTensorNames.Block(prefix, i), config))];
        (_postWeight, _postBias, _projection) = (tensors[postNorm + ".weight"], tensors[postNorm + ".bias"], tensors[projection]);
    }

    private ClipTower(ClipTower exact, torch.ScalarType type) =>
        (_config, _type, _blocks, _postWeight, _postBias, _projection) =
        (exact._config, type, [.. exact._blocks.Select(block => block.In(type))], exact._postWeight, exact._postBias, exact._projection);

    /// <summary>Returns this tower with its blocks in another data type. The final layer norm and the projection stay in float32.</summary>
    internal ClipTower In(torch.ScalarType type) => new(this, type);

    /// <summary>Converts rows to a data type; returns the same tensor if it already has that type.</summary>
    internal static torch.Tensor In(torch.ScalarType type, torch.Tensor rows) => rows.dtype == type ? rows : rows.to_type(type);

    /// <summary>The transformer blocks, in order.</summary>
    internal IReadOnlyList<ClipBlock> Blocks => _blocks;

    /// <summary>The weight and the bias of the norm after the blocks, [width] each, and the projection, [embedding size, width].</summary>
    internal (torch.Tensor NormWeight, torch.Tensor NormBias, torch.Tensor Projection) Last => (_postWeight, _postBias, _projection);

    /// <summary>All tensors of the tower.</summary>
    internal IEnumerable<torch.Tensor> Tensors =>
        _blocks.SelectMany(b => b.Tensors).Append(_postWeight).Append(_postBias).Append(_projection);

    /// <inheritdoc/>
    public torch.Tensor Forward(torch.Tensor rows, Sequences sequences, TowerPrompts prompts,
        Func<int, torch.Tensor, torch.Tensor>? replace = null)
    {
        if (prompts.Depth > _blocks.Length)
            throw new ArgumentException(
                $"There are prompts for {prompts.Depth} blocks, but the tower has {_blocks.Length}.", nameof(prompts));
        using var scope = torch.NewDisposeScope();
        rows = In(_type, rows);
        for (var i = 0; i < _blocks.Length - 1; i++)
        {
            var next = _blocks[i].Forward(rows, sequences, prompts.At(i));
            // The autograd graph keeps what it needs. Without a graph, the rows of a deep tower are freed after use.
            if (i > 0) rows.Dispose();
            rows = replace is null ? next : In(_type, replace(i + 1, In(torch.ScalarType.Float32, next)));
            WorkProgress.Report();
        }
        var read = _blocks[^1].ForwardReadOut(rows, sequences, prompts.At(_blocks.Length - 1));
        return Features(read).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public torch.Tensor ForwardAll(torch.Tensor rows, Sequences sequences)
    {
        using var scope = torch.NewDisposeScope();
        var none = new BlockPrompts(null, [0]);
        rows = In(_type, rows);
        foreach (var block in _blocks)
        {
            rows = block.Forward(rows, sequences, none);
            WorkProgress.Report();
        }
        return Features(rows).MoveToOuterDisposeScope();
    }

    private torch.Tensor Features(torch.Tensor read)
    {
        var normed = layer_norm(In(_postWeight.dtype, read), [_config.Width], _postWeight, _postBias, _config.LayerNormEpsilon);
        return ClipBlock.Linear(normed, _projection, null);
    }
}
