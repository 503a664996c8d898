using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The hyperparameters for PLOT: several contexts, matched with image patches by optimal transport (Chen et al., "PLOT: prompt learning
/// with optimal transport for vision-language models", ICLR 2023). Defaults: rn50.yaml and the trainer of CHENGY12/PLOT.
/// </summary>
[GenerateSerializer, Immutable, Alias("PlotSettings")]
public sealed record PlotSettings
{
    /// <summary>The number of contexts, each shared by all classes. Default: 4.</summary>
    [Description("Number of contexts, each shared by all classes.")]
    [Range(1, 64)]
    [Id(0)] public int Prompts { get; init; } = 4;

    /// <summary>The number of tokens in each context. Default: 16.</summary>
    [Description("Number of tokens per context.")]
    [Range(1, 256)]
    [Id(1)] public int ContextLength { get; init; } = 16;

    /// <summary>The standard deviation of the normal distribution that the contexts are drawn from. Default: 0.02.</summary>
    [Description("Standard deviation of the initial contexts.")]
    [Range(0.0, 1000, MinimumIsExclusive = true)]
    [Id(2)] public double InitialStandardDeviation { get; init; } = 0.02;

    /// <summary>The entropy regularisation of the transport. Default: 0.1.</summary>
    [Description("Entropy regularisation of the transport.")]
    [Range(0.001, 1000)]
    [Id(3)] public double Regularisation { get; init; } = 0.1;

    /// <summary>The mean change of the row scaling below which the Sinkhorn iteration stops. Default: 0.01.</summary>
    [Description("Mean change of the row scaling below which the Sinkhorn iteration stops.")]
    [Range(0.0, 1000)]
    [Id(4)] public double Threshold { get; init; } = 0.01;

    /// <summary>The maximum number of Sinkhorn iterations. Default: 100.</summary>
    [Description("Maximum number of Sinkhorn iterations.")]
    [Range(1, 100_000)]
    [Id(5)] public int MaxIterations { get; init; } = 100;

    /// <summary>Whether to add the logits of the pooled features. Default (null): only on ImageNet, as in the public code.</summary>
    [Description("Add the logits of the pooled features.")]
    [DefaultMeans("only on ImageNet")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(6)] public bool? AddPooled { get; init; }
}
