using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The hyperparameters of ProGrad: CoOp whose gradient may not go against that of zero-shot CLIP (Zhu et al., "Prompt-aligned gradient for
/// prompt tuning", ICCV 2023). Defaults: rn50_ep*_ctx.yaml and the trainer of BeierZhu/Prompt-align.
/// </summary>
[GenerateSerializer, Immutable, Alias("ProGradSettings")]
public sealed record ProGradSettings
{
    /// <summary>Context tokens; the last ones start as the words of the teacher's template. Default: 16.</summary>
    [Description("Context tokens: zeros, then the teacher's template.")]
    [Range(1, 256)]
    [Id(0)] public int ContextLength { get; init; } = 16;

    /// <summary>
    /// How much of the gradient's part against the teacher's goes (λ). Default (null): 1, but 0.8 on Flowers, DTD and EuroSAT with 8 shots
    /// and more, as the README of the public code says.
    /// </summary>
    [Description("How much of the gradient's part against the teacher's goes.")]
    [Range(0.0, 1_000_000)]
    [DefaultMeans("1; 0.8 on Flowers, DTD and EuroSAT from 8 shots on, as the public README says")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(1)] public double? Lambda { get; init; }

    /// <summary>Temperature of both distributions. Default: 1.</summary>
    [Description("Temperature of both distributions.")]
    [Range(0.000_001, 1_000_000)]
    [Id(2)] public double Temperature { get; init; } = 1;

    /// <summary>
    /// The teacher's text, "{}" standing for the name. Default (null): the public code's for the CoOp family's sets, else the data set's.
    /// </summary>
    [Description("The teacher's text.")]
    [ClassText]
    [DefaultMeans("the public code's for CoOp's sets, else the data set's")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(3)] public string? TeacherTemplate { get; init; }

    /// <summary>
    /// Whether the template counts in words, as in the public code: its tokens beyond as many as there are words, which a comma makes, stay
    /// in front of the name, frozen. False: all of its tokens are trained. Default: true.
    /// </summary>
    [Description("Train as many of the template's tokens as it has words, as the public code does: a comma leaves its "
        + "last token frozen in front of the name.")]
    [Id(4)] public bool CountWords { get; init; } = true;
}
