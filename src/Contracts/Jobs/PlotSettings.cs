using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The hyperparameters of PLOT: several contexts, matched with the patches by optimal transport (Chen et al., "PLOT: prompt learning with
/// optimal transport for vision-language models", ICLR 2023). Defaults: rn50.yaml and the trainer of CHENGY12/PLOT.
/// </summary>
[GenerateSerializer, Immutable, Alias("PlotSettings")]
public sealed record PlotSettings
{
    /// <summary>Contexts, each shared by all classes. Default: 4.</summary>
    [Id(0)] public int Prompts { get; init; } = 4;

    /// <summary>Tokens of each context. Default: 16.</summary>
    [Id(1)] public int ContextLength { get; init; } = 16;

    /// <summary>Standard deviation of the normal distribution that the contexts are drawn from. Default: 0.02.</summary>
    [Id(2)] public double InitialStandardDeviation { get; init; } = 0.02;

    /// <summary>Entropy regularisation of the transport. Default: 0.1.</summary>
    [Id(3)] public double Regularisation { get; init; } = 0.1;

    /// <summary>Mean change of the row scaling below which Sinkhorn's iteration stops. Default: 0.01.</summary>
    [Id(4)] public double Threshold { get; init; } = 0.01;

    /// <summary>Most of Sinkhorn's iterations. Default: 100.</summary>
    [Id(5)] public int MaxIterations { get; init; } = 100;

    /// <summary>Whether the logits of the pooled features are added. Default (null): on ImageNet alone, as the public code does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(6)] public bool? AddPooled { get; init; }
}
