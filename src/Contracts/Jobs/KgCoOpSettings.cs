using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The hyperparameters for KgCoOp: CoOp regularised towards the text features of zero-shot CLIP (Yao et al., "Visual-language prompt tuning
/// with knowledge-guided context optimization", CVPR 2023). Defaults: vit_b16_ep100_ctxv1.yaml and the scripts of htyao89/KgCoOp.
/// </summary>
[GenerateSerializer, Immutable, Alias("KgCoOpSettings")]
public sealed record KgCoOpSettings
{
    /// <summary>
    /// The weight of the mean distance to the teacher's text features (λ). Default: 8, which every released script passes; the default in
    /// the public code is 1.
    /// </summary>
    [Description("Weight of the distance to the teacher; every released script passes 8, but the default in the code is 1.")]
    [Range(0.0, 1_000_000)]
    [Id(0)] public double Weight { get; init; } = 8;

    /// <summary>
    /// The teacher's text, in which "{}" is replaced by the class name. Default (null): the text in the public code for data sets of the
    /// CoOp family, and the data set's template for all others.
    /// </summary>
    [Description("Template for the teacher's text.")]
    [ClassText]
    [DefaultMeans("the public code's text for data sets of the CoOp family, otherwise the data set's template")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(1)] public string? TeacherTemplate { get; init; }
}
