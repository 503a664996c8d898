using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The hyperparameters for VPT-deep: tokens alongside the image patches, with new tokens in each block (Jia et al., "Visual prompt tuning",
/// ECCV 2022). Defaults: vit_b16_c2_ep5_batch4_4.yaml for the trainer vpt.py of muzairkhattak/multimodal-prompt-learning.
/// </summary>
[GenerateSerializer, Immutable, Alias("VptSettings")]
public sealed record VptSettings
{
    /// <summary>The number of tokens in each block. Default: 8.</summary>
    [Description("Number of tokens per block.")]
    [Range(1, 256)]
    [Id(0)] public int Tokens { get; init; } = 8;

    /// <summary>
    /// The number of blocks with new tokens, counted from the first block; later blocks pass on the tokens they receive. Default: 12; at
    /// most the depth of the tower.
    /// </summary>
    [Description("Number of blocks with new tokens; limited to the depth of the tower.")]
    [Range(1, 128)]
    [Id(1)] public int PromptDepth { get; init; } = 12;

    /// <summary>The standard deviation of the normal distribution that the tokens are drawn from. Default: 0.02.</summary>
    [Description("Standard deviation of the initial tokens.")]
    [Range(0.0, 1000, MinimumIsExclusive = true)]
    [Id(2)] public double InitialStandardDeviation { get; init; } = 0.02;
}
