using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The hyperparameters for ProGrad: CoOp with gradients that are kept from opposing the gradients of zero-shot CLIP (Zhu et al.,
/// "Prompt-aligned gradient for prompt tuning", ICCV 2023). Defaults: rn50_ep*_ctx.yaml and the trainer of BeierZhu/Prompt-align.
/// </summary>
[GenerateSerializer, Immutable, Alias("ProGradSettings")]
public sealed record ProGradSettings
{
    /// <summary>
    /// The number of context tokens. The last tokens are initialised with the words of the teacher's template. Default: 16.
    /// </summary>
    [Description("Number of context tokens. The last ones start as the words of the teacher's template, the others as zeros.")]
    [Range(1, 256)]
    [Id(0)] public int ContextLength { get; init; } = 16;

    /// <summary>
    /// The factor (λ) applied to the gradient component that opposes the teacher's gradient, before the component is subtracted. Default
    /// (null): 0.8 on Flowers, DTD and EuroSAT with 8 shots or more, as in the README of the public code; otherwise 1.
    /// </summary>
    [Description("Factor applied to the gradient component that opposes the teacher's gradient, before the component is subtracted.")]
    [Range(0.0, 1_000_000)]
    [DefaultMeans("1; 0.8 on Flowers, DTD and EuroSAT with 8 or more shots, as in the public README")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(1)] public double? Lambda { get; init; }

    /// <summary>The temperature of both distributions. Default: 1.</summary>
    [Description("Temperature of both distributions.")]
    [Range(0.000_001, 1_000_000)]
    [Id(2)] public double Temperature { get; init; } = 1;

    /// <summary>
    /// The teacher's text, in which "{}" is replaced by the class name. Default (null): the text in the public code for data sets of the
    /// CoOp family, and the data set's template for all others.
    /// </summary>
    [Description("Template for the teacher's text.")]
    [ClassText]
    [DefaultMeans("the public code's text for data sets of the CoOp family, otherwise the data set's template")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(3)] public string? TeacherTemplate { get; init; }

    /// <summary>
    /// Whether the number of trained template tokens equals the template's word count, as in the public code. A template with a comma has
    /// more tokens than words, and the extra tokens, just before the class name, stay frozen. If false, all template tokens are trained.
    /// Default: true.
    /// </summary>
    [Description("Train as many template tokens as the template has words, as in the public code; a comma then leaves the "
        + "last token before the class name frozen.")]
    [Id(4)] public bool CountWords { get; init; } = true;
}
