namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The hyperparameters of CoOp: one context for all classes in front of their names (Zhou et al., "Learning to prompt for vision-language
/// models", IJCV 2022). Defaults: vit_b16.yaml of KaiyangZhou/CoOp.
/// </summary>
[GenerateSerializer, Immutable, Alias("CoOpSettings")]
public sealed record CoOpSettings
{
    /// <summary>Context tokens. Default: 16.</summary>
    [Id(0)] public int ContextLength { get; init; } = 16;

    /// <summary>
    /// Whether the context starts as the words in front of the name in the data set's template, and is as long as they are (CTX_INIT).
    /// Default: false.
    /// </summary>
    [Id(1)] public bool StartFromTemplate { get; init; }

    /// <summary>Standard deviation of the normal distribution that the context is drawn from. Default: 0.02.</summary>
    [Id(2)] public double InitialStandardDeviation { get; init; } = 0.02;
}
