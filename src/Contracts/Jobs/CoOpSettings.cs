using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The hyperparameters for CoOp: one context, shared by all classes, that precedes the class name (Zhou et al., "Learning to prompt for
/// vision-language models", IJCV 2022). Defaults: vit_b16.yaml of KaiyangZhou/CoOp.
/// </summary>
[GenerateSerializer, Immutable, Alias("CoOpSettings")]
public sealed record CoOpSettings
{
    /// <summary>The number of context tokens. Default: 16.</summary>
    [Description("Number of context tokens.")]
    [Range(1, 256)]
    [Id(0)] public int ContextLength { get; init; } = 16;

    /// <summary>
    /// Whether to initialise the context with the words before the class name in the data set's template (CTX_INIT). The context then has
    /// as many tokens as those words. Default: false.
    /// </summary>
    [Description("Initialise the context with the template's words before the class name and use their number of tokens "
        + "(4 for \"a photo of a\").")]
    [Id(1)] public bool StartFromTemplate { get; init; }

    /// <summary>The standard deviation of the normal distribution that the context is drawn from. Default: 0.02.</summary>
    [Description("Standard deviation of the initial context.")]
    [Range(0.0, 1000, MinimumIsExclusive = true)]
    [Id(2)] public double InitialStandardDeviation { get; init; } = 0.02;
}
