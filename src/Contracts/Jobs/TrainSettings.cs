using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The training settings for a job. The defaults are the paper's protocol (ADAPT, section 4.1), which builds on CoOp's protocol (SGD,
/// cosine schedule, one warm-up epoch).
/// </summary>
[GenerateSerializer, Immutable, Alias("TrainSettings")]
public sealed record TrainSettings
{
    /// <summary>The number of passes over the few-shot training images. Default: 100.</summary>
    [Description("Number of passes over the training images.")]
    [Range(1, 100_000)]
    [DefaultMeans("100; for methods other than adapt, see docs/users/methods.md")]
    [Id(0)] public int Epochs { get; init; } = 100;

    /// <summary>
    /// The batch size: the number of images in one iteration. The last batch of an epoch is dropped if it is incomplete and there is at
    /// least one full batch. Default: 4.
    /// </summary>
    [Description("Number of images per iteration.")]
    [Range(1, 65_536)]
    [DefaultMeans("4; for methods other than adapt, see docs/users/methods.md")]
    [Id(1)] public int BatchSize { get; init; } = 4;

    /// <summary>The peak learning rate of SGD. Default: 0.0025.</summary>
    [Description("Peak learning rate of SGD.")]
    [Range(0.0, 1000, MinimumIsExclusive = true)]
    [DefaultMeans("0.0025; for methods other than adapt, see docs/users/methods.md")]
    [Id(2)] public double LearningRate { get; init; } = 0.0025;

    /// <summary>
    /// The number of epochs at <see cref="WarmupLearningRate"/> before the cosine schedule starts. Default: 1, as in CoOp.
    /// </summary>
    [Description("Number of epochs at warmupLearningRate before the cosine schedule.")]
    [Range(0, 100_000)]
    [Id(3)] public int LearningRateWarmupEpochs { get; init; } = 1;

    /// <summary>The constant learning rate during the warm-up epochs. Default: 1e-5, as in CoOp.</summary>
    [Description("Learning rate during the warm-up epochs.")]
    [Range(0.0, 1000)]
    [Id(4)] public double WarmupLearningRate { get; init; } = 1e-5;

    /// <summary>The momentum of SGD, without dampening or Nesterov momentum. Default: 0.9.</summary>
    [Description("Momentum of SGD.")]
    [Range(0.0, 1, MaximumIsExclusive = true)]
    [Id(5)] public double Momentum { get; init; } = 0.9;

    /// <summary>The L2 weight decay, added to the gradient of every trained tensor. Default: 0.0005.</summary>
    [Description("L2 weight decay.")]
    [Range(0.0, 1000)]
    [Id(6)] public double WeightDecay { get; init; } = 0.0005;

    /// <summary>The precision of the towers' arithmetic. Default: <see cref="Jobs.Precision.Float32"/>.</summary>
    [Description("Precision of the towers: float32 is single precision throughout, tf32 uses a GPU's tensor cores, and bfloat16 "
        + "keeps activations in bfloat16.")]
    [Id(7)] public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>The augmentation of training images. Default: <see cref="Jobs.Augmentation.CropAndFlip"/>.</summary>
    [Description("Augmentation of training images.")]
    [Id(8)] public Augmentation Augmentation { get; init; } = Augmentation.CropAndFlip;

    /// <summary>The settings for the "adapt" method.</summary>
    [Id(9)] public AdaptSettings Adapt { get; init; } = new();

    // A job contains only the settings of its own method, and null members are not written. Its id therefore does not change when
    // another method gains a setting.

    /// <summary>The settings for the "coop" method; null for jobs that use other methods.</summary>
    [JsonPropertyName(MethodNames.CoOp), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(10)] public CoOpSettings? CoOp { get; init; }

    /// <summary>The settings for the "cocoop" method; null for jobs that use other methods.</summary>
    [JsonPropertyName(MethodNames.CoCoOp), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(11)] public CoCoOpSettings? CoCoOp { get; init; }

    /// <summary>The settings for the "vpt" method; null for jobs that use other methods.</summary>
    [JsonPropertyName(MethodNames.Vpt), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(12)] public VptSettings? Vpt { get; init; }

    /// <summary>The settings for the "plot" method; null for jobs that use other methods.</summary>
    [JsonPropertyName(MethodNames.Plot), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(13)] public PlotSettings? Plot { get; init; }

    /// <summary>The settings for the "maple" method; null for jobs that use other methods.</summary>
    [JsonPropertyName(MethodNames.Maple), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(14)] public MapleSettings? Maple { get; init; }

    /// <summary>The settings for the "prograd" method; null for jobs that use other methods.</summary>
    [JsonPropertyName(MethodNames.ProGrad), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(15)] public ProGradSettings? ProGrad { get; init; }

    /// <summary>The settings for the "kgcoop" method; null for jobs that use other methods.</summary>
    [JsonPropertyName(MethodNames.KgCoOp), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(16)] public KgCoOpSettings? KgCoOp { get; init; }

    /// <summary>The settings for the "lamm" method; null for jobs that use other methods.</summary>
    [JsonPropertyName(MethodNames.Lamm), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(17)] public LammSettings? Lamm { get; init; }

    /// <summary>
    /// The curve along which the learning rate decays from epoch to epoch. Default: <see cref="Jobs.LearningRateCurve.Cosine"/>.
    /// </summary>
    [Description("Learning-rate schedule after the warm-up; squared-cosine is the curve in the log of KgCoOp's issue 2.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [Id(18)] public LearningRateCurve LearningRateCurve { get; init; }

    /// <summary>The settings for a method without a typed property above; null for other methods.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(19)] public OwnSettings? Own { get; init; }

    /// <summary>Returns the number of iterations in one epoch: the number of full batches, or 1 if there is no full batch.</summary>
    /// <param name="images">The number of images in the training split.</param>
    public int IterationsPerEpoch(int images) => Math.Max(1, images / BatchSize);

    /// <summary>The number of training rounds: 2 if Adapt retrains with its final masks, otherwise 1.</summary>
    [JsonIgnore]
    public int Rounds => RoundsOf(Adapt.Retrain);

    /// <summary>Returns the value of <see cref="Rounds"/> for settings that have not been read completely.</summary>
    /// <param name="retrains">The value of <see cref="AdaptSettings.Retrain"/>.</param>
    public static int RoundsOf(bool retrains) => retrains ? 2 : 1;
}

/// <summary>The hyperparameters for Adapt (ADAPT, Algorithm 1).</summary>
[GenerateSerializer, Immutable, Alias("AdaptSettings")]
public sealed record AdaptSettings
{
    /// <summary>The number of context tokens with which each block of each branch starts (the paper's ξ). Default: 16.</summary>
    [Description("Number of initial context tokens per block and branch.")]
    [Range(1, 256)]
    [Id(0)] public int MaxContextLength { get; init; } = 16;

    /// <summary>
    /// The number of blocks with prompts in each tower, counted from the first block (the paper's l). Default: 12; a tower with fewer
    /// blocks has prompts in all of them.
    /// </summary>
    [Description("Number of blocks with prompts in each tower; limited to the depth of the tower.")]
    [Range(1, 128)]
    [Id(1)] public int PromptDepth { get; init; } = 12;

    /// <summary>The number of epochs that pass before scores are accumulated. Default: 5.</summary>
    [Description("Number of epochs before scores are accumulated.")]
    [Range(0, 100_000)]
    [Id(2)] public int PruneWarmupEpochs { get; init; } = 5;

    /// <summary>The number of iterations between two prune steps (the paper's n_k). Default: 80.</summary>
    [Description("Number of iterations between two prune steps (n_k).")]
    [Range(1, 10_000_000)]
    [Id(3)] public int PrunePeriod { get; init; } = 80;

    /// <summary>The number of context tokens that one prune step removes over both branches (the paper's r_p). Default: 4.</summary>
    [Description("Number of context tokens removed in each prune step (r_p).")]
    [Range(1, 100_000)]
    [Id(4)] public int PruneRate { get; init; } = 4;

    /// <summary>
    /// Whether the planner may shorten <see cref="PrunePeriod"/> if T_target could not be reached otherwise. Default: true.
    /// </summary>
    [Description("Shorten prunePeriod if T_target cannot be reached otherwise.")]
    [Id(5)] public bool FitSchedule { get; init; } = true;

    /// <summary>
    /// The way in which the entries of a token's score are reduced to one number. Default: <see cref="Jobs.ScoreReduction.PerDimension"/>.
    /// </summary>
    [Description("Whether scores are divided by the branch's width.")]
    [Id(6)] public ScoreReduction ScoreReduction { get; init; } = ScoreReduction.PerDimension;

    /// <summary>The standard deviation of the normal distribution that prompts are drawn from. Default: 0.02.</summary>
    [Description("Standard deviation of the initial prompts.")]
    [Range(0.0, 1000, MinimumIsExclusive = true)]
    [Id(7)] public double InitialStandardDeviation { get; init; } = 0.02;

    /// <summary>
    /// Whether to train new prompts from scratch with the final masks after pruning, for the same number of epochs, and to report their
    /// result. They serve as a second baseline for pruned prompts, in addition to prompts that were never pruned. Default: false.
    /// </summary>
    // Not written if false, so that the ids of jobs without it do not change.
    [Description("After pruning, train new prompts from scratch with the final masks, for the same number of epochs, and report "
        + "their results.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [Id(8)] public bool Retrain { get; init; }
}

/// <summary>The precision of the towers' arithmetic. Values are part of the wire contract.</summary>
public enum Precision
{
    /// <summary>IEEE single precision throughout.</summary>
    Float32 = 0,

    /// <summary>
    /// Single precision, except that matrix products on a GPU may round their factors to a 10-bit mantissa. The same as Float32 on a CPU.
    /// </summary>
    Tf32 = 1,

    /// <summary>
    /// The towers' activations are in bfloat16 (8-bit mantissa). Prompts, features, logits, loss and updates stay in single precision.
    /// </summary>
    Bfloat16 = 2,
}

/// <summary>The curve along which the learning rate decays after the warm-up epochs. Values are part of the wire contract.</summary>
public enum LearningRateCurve
{
    /// <summary>A cosine that starts after the warm-up epochs, as in the CoOp family.</summary>
    Cosine = 0,

    /// <summary>
    /// The square of a cosine that starts with the first epoch. The log in KgCoOp's issue 2 shows this curve, which results from two
    /// schedulers acting on one optimizer. The released code does not do this.
    /// </summary>
    SquaredCosine = 1,
}

/// <summary>Training-time image augmentation. Values are part of the wire contract.</summary>
public enum Augmentation
{
    /// <summary>No augmentation: the same resize and centre crop as for test images.</summary>
    None = 0,

    /// <summary>Random resized crop and horizontal flip, as in the CoOp family.</summary>
    CropAndFlip = 1,
}

/// <summary>The way in which scores of tokens with different widths are made comparable. Values are part of the wire contract.</summary>
public enum ScoreReduction
{
    /// <summary>
    /// Scores are divided by the branch's width (snip) or its square root (norms), so that tokens of both branches compete on equal terms.
    /// </summary>
    PerDimension = 0,

    /// <summary>Scores are not divided.</summary>
    Total = 1,
}
