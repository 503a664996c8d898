using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The hyperparameters of KgCoOp: CoOp regularised towards the text features of zero-shot CLIP (Yao et al., "Visual-language prompt tuning
/// with knowledge-guided context optimization", CVPR 2023). Defaults: vit_b16_ep100_ctxv1.yaml and the scripts of htyao89/KgCoOp.
/// </summary>
[GenerateSerializer, Immutable, Alias("KgCoOpSettings")]
public sealed record KgCoOpSettings
{
    /// <summary>
    /// Weight of the mean distance to the teacher's text features (λ). Default: 8, which every script passes; the default in the public
    /// code is 1.
    /// </summary>
    [Description("Weight of the distance to the teacher; every script passes 8, the code's own default is 1.")]
    [Range(0.0, 1_000_000)]
    [Id(0)] public double Weight { get; init; } = 8;

    /// <summary>
    /// The teacher's text, where "{}" is replaced by the class name. Default (null): for data sets of the CoOp family the text in the
    /// public code, for others the data set's template.
    /// </summary>
    [Description("The teacher's text.")]
    [ClassText]
    [DefaultMeans("the public code's for CoOp's sets, else the data set's")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(1)] public string? TeacherTemplate { get; init; }
}
