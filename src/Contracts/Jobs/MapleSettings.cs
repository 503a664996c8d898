using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The hyperparameters for MaPLe: text tokens in the first blocks, from which linear layers compute the image tokens (Khattak et al.,
/// "MaPLe: multi-modal prompt learning", CVPR 2023). Defaults: vit_b16_c2_ep5_batch4_2ctx.yaml of muzairkhattak/multimodal-prompt-learning.
/// </summary>
[GenerateSerializer, Immutable, Alias("MapleSettings")]
public sealed record MapleSettings
{
    /// <summary>
    /// The number of tokens per block and tower. In the first block they are initialised with the first tokens of the template. Default: 2.
    /// </summary>
    [Description("Number of tokens per block and tower.")]
    [Range(1, 256)]
    [Id(0)] public int ContextLength { get; init; } = 2;

    /// <summary>
    /// The number of blocks with new tokens, counted from the first block; later blocks pass on the tokens they receive. Default: 9; at
    /// most the depth of a tower.
    /// </summary>
    [Description("Number of blocks with new tokens; limited to the depth of a tower.")]
    [Range(1, 128)]
    [Id(1)] public int PromptDepth { get; init; } = 9;

    /// <summary>The standard deviation of the normal distribution that the deeper text tokens are drawn from. Default: 0.02.</summary>
    [Description("Standard deviation of the initial text tokens in deeper blocks.")]
    [Range(0.0, 1000, MinimumIsExclusive = true)]
    [Id(2)] public double InitialStandardDeviation { get; init; } = 0.02;

    /// <summary>
    /// Whether to keep the template's words after the trained tokens ("of a") in the text, frozen, as in the public code. The paper does
    /// not show these words. Default: true.
    /// </summary>
    [Description("Keep the template's words after the trained tokens (\"of a\") in the text, frozen, as in the public code.")]
    [Id(3)] public bool KeepOtherWords { get; init; } = true;

    /// <summary>
    /// Whether all deeper linear layers start with equal weights, as in the public code, which clones one layer. Default: true.
    /// </summary>
    [Description("Start all deeper linear layers with equal weights, as in the public code.")]
    [Id(4)] public bool CloneProjections { get; init; } = true;
}
