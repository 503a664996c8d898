using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The hyperparameters of ProGrad: CoOp whose gradient must not oppose that of zero-shot CLIP (Zhu et al., "Prompt-aligned gradient for
/// prompt tuning", ICCV 2023). Defaults: rn50_ep*_ctx.yaml and the trainer of BeierZhu/Prompt-align.
/// </summary>
[GenerateSerializer, Immutable, Alias("ProGradSettings")]
public sealed record ProGradSettings
{
    /// <summary>
    /// The number of context tokens. The last ones are initialised with the words of the teacher's template. Default: 16.
    /// </summary>
    [Description("Context tokens: zeros, then the teacher's template.")]
    [Range(1, 256)]
    [Id(0)] public int ContextLength { get; init; } = 16;

    /// <summary>
    /// How much of the gradient component that opposes the teacher's gradient is removed (λ). Default (null): 1, but 0.8 on Flowers, DTD
    /// and EuroSAT with 8 shots or more, as the README of the public code says.
    /// </summary>
    [Description("The share of the gradient component against the teacher's that is removed.")]
    [Range(0.0, 1_000_000)]
    [DefaultMeans("1; 0.8 on Flowers, DTD and EuroSAT with 8 or more shots, as in the public README")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(1)] public double? Lambda { get; init; }

    /// <summary>Temperature of both distributions. Default: 1.</summary>
    [Description("Temperature of both distributions.")]
    [Range(0.000_001, 1_000_000)]
    [Id(2)] public double Temperature { get; init; } = 1;

    /// <summary>
    /// The teacher's text, where "{}" is replaced by the class name. Default (null): for data sets of the CoOp family the text in the
    /// public code, for others the data set's template.
    /// </summary>
    [Description("The teacher's text.")]
    [ClassText]
    [DefaultMeans("the public code's for CoOp's sets, else the data set's")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(3)] public string? TeacherTemplate { get; init; }

    /// <summary>
    /// Whether only as many of the template's tokens are trained as it has words, as in the public code. A template with a comma has more
    /// tokens than words; the rest stay frozen before the name. False: all its tokens are trained. Default: true.
    /// </summary>
    [Description("Train as many of the template's tokens as it has words, as the public code does: a comma leaves its "
        + "last token frozen in front of the name.")]
    [Id(4)] public bool CountWords { get; init; } = true;
}
