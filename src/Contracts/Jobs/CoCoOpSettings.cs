using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The hyperparameters for CoCoOp: a context that a small network (the meta-net) shifts for each image (Zhou et al., "Conditional prompt
/// learning for vision-language models", CVPR 2022). Defaults: vit_b16_c4_ep10_batch1_ctxv1.yaml of KaiyangZhou/CoOp.
/// </summary>
[GenerateSerializer, Immutable, Alias("CoCoOpSettings")]
public sealed record CoCoOpSettings
{
    /// <summary>The factor by which the meta-net's hidden layer is smaller than the embedding. Default: 16.</summary>
    [Description("Factor by which the meta-net's hidden layer is smaller than the embedding.")]
    [Range(1, 100_000)]
    [Id(0)] public int HiddenReduction { get; init; } = 16;
}
