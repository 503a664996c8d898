using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The hyperparameters for LAMM, which trains the first tokens of the class names but not the context (Gao et al., "LAMM: label alignment
/// for multi-modal prompt learning", AAAI 2024). Defaults: vit_b16_ep50_ctxv1.yaml and the trainer of gaojingsheng/LAMM with --triplet-loss
/// --origin-clip.
/// </summary>
[GenerateSerializer, Immutable, Alias("LammSettings")]
public sealed record LammSettings
{
    /// <summary>
    /// The weight of the squared distance to the original tokens. Default (null): 1 / shots, as in the paper. The released script leaves
    /// the flag --shots at 1, so its runs use the weight 1.
    /// </summary>
    [Description("Weight of the squared distance to the original tokens; runs of the released script use 1.")]
    [Range(0.0, 1_000_000)]
    [DefaultMeans("1 / shots")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(0)] public double? ParameterWeight { get; init; }

    /// <summary>The weight of the distance to the original text features. Default: 1.</summary>
    [Description("Weight of the distance to the original text features.")]
    [Range(0.0, 1_000_000)]
    [Id(1)] public double FeatureWeight { get; init; } = 1;

    /// <summary>The weight of the distance to the original logits. Default: 0.05.</summary>
    [Description("Weight of the distance to the original logits.")]
    [Range(0.0, 1_000_000)]
    [Id(2)] public double LogitWeight { get; init; } = 0.05;

    /// <summary>The temperature of the distance between logits. Default: 2.</summary>
    [Description("Temperature of the distance between logits.")]
    [Range(0.000_001, 1_000_000)]
    [Id(3)] public double Temperature { get; init; } = 2;

    /// <summary>
    /// Whether the trained logits are the target and the original logits are the prediction, as in the public code. Gradients then flow
    /// through the target. False for ordinary distillation, in which the original logits are the target. Default: true.
    /// </summary>
    [Description("Use the trained logits as the target of the distance between logits, as in the public code; false uses the "
        + "original logits.")]
    [Id(4)] public bool TrainedIsTarget { get; init; } = true;
}
