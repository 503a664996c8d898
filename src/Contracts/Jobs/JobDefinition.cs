using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The names of the methods whose settings are members of <see cref="TrainSettings"/>, as used in specs and results. The method catalog
/// lists all methods.
/// </summary>
public static class MethodNames
{
    /// <summary>Adaptive prompt tuning.</summary>
    public const string Adapt = "adapt";

    /// <summary>CLIP without training.</summary>
    public const string ZeroShot = "zero-shot";

    /// <summary>Context optimisation: one context for all classes.</summary>
    public const string CoOp = "coop";

    /// <summary>Conditional context optimisation: a context that is shifted for each image.</summary>
    public const string CoCoOp = "cocoop";

    /// <summary>Visual prompt tuning: trained image tokens, with new tokens in each block.</summary>
    public const string Vpt = "vpt";

    /// <summary>PLOT: several contexts, matched with image patches by optimal transport.</summary>
    public const string Plot = "plot";

    /// <summary>MaPLe: text tokens in the first blocks, and image tokens computed from them.</summary>
    public const string Maple = "maple";

    /// <summary>ProGrad: CoOp with gradients aligned with the gradients of zero-shot CLIP.</summary>
    public const string ProGrad = "prograd";

    /// <summary>KgCoOp: CoOp regularised towards the text features of zero-shot CLIP.</summary>
    public const string KgCoOp = "kgcoop";

    /// <summary>LAMM: trained tokens for the class names.</summary>
    public const string Lamm = "lamm";
}

/// <summary>A data set as a spec describes it.</summary>
[GenerateSerializer, Immutable, Alias("DatasetSource")]
public sealed record DatasetSource
{
    /// <summary>The template for data sets that do not define one.</summary>
    public const string DefaultTemplate = "a photo of a {}.";

    /// <summary>The name of the data set's column in the table.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The name of the data set's format. The format catalog lists all formats.</summary>
    [Id(1)] public required string Format { get; init; }

    /// <summary>The data set's folder or list, relative to the silo's data root. Null for data sets that are known by name.</summary>
    [Id(2)] public string? Path { get; init; }

    /// <summary>
    /// The text for a class, in which "{}" is replaced by the class name. If null, the data set's own template is used, or
    /// <see cref="DefaultTemplate"/> if it has none.
    /// </summary>
    [Id(3)] public string? Template { get; init; }

    /// <summary>
    /// The replacements for class names: the name to use in texts, keyed by the name in the data set. Null if no class is renamed.
    /// </summary>
    // Not written if null, so that the ids of jobs without it do not change.
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(4)] public SortedDictionary<string, string>? Names { get; init; }

    /// <summary>
    /// The folder that a list's image paths are relative to, itself relative to the data root. Null for the list's own folder.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(5)] public string? Images { get; init; }

    /// <summary>
    /// The folder with the lists of the few-shot splits (shot_16-seed_1_train.jsonl), relative to the data root. Null if AdaptCluster draws
    /// the splits.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(6)] public string? FewShots { get; init; }

    /// <summary>
    /// The half of the classes to use, "base" or "new", selected after the few-shot split of all classes. Null for all classes.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(7)] public string? Classes { get; init; }

    /// <inheritdoc/>
    public bool Equals(DatasetSource? other) =>
        other is not null && Name == other.Name && Format == other.Format && Path == other.Path && Template == other.Template
            && Images == other.Images && FewShots == other.FewShots && Classes == other.Classes
        && (Names is null ? other.Names is null : other.Names is not null && Names.SequenceEqual(other.Names));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Format, Path, Template, Images, FewShots, Classes, Names?.Count);
}

/// <summary>The definition of one training run, with every default filled in. The <see cref="JobId"/> is derived from it.</summary>
[GenerateSerializer, Immutable, Alias("JobDefinition")]
public sealed record JobDefinition
{
    /// <summary>The method's name.</summary>
    [Id(0)] public required string Method { get; init; }

    /// <summary>The backbone's folder, relative to the silo's model roots.</summary>
    [Id(1)] public required string Backbone { get; init; }

    /// <summary>The data set that the job's images come from.</summary>
    [Id(2)] public required DatasetSource Dataset { get; init; }

    /// <summary>The number of training images per class.</summary>
    [Id(3)] public required int Shots { get; init; }

    /// <summary>The seed of the few-shot split, the initial prompts, the data order and the augmentation. Can be 0.</summary>
    [Id(4)] public required int Seed { get; init; }

    /// <summary>The saliency scorer; null for methods other than Adapt.</summary>
    [Id(5)] public Scorer? Scorer { get; init; }

    /// <summary>The number of context tokens left at the end, over both branches; null for methods other than Adapt.</summary>
    [Id(6)] public int? TTarget { get; init; }

    /// <summary>The training settings, including the fitted prune period. Null for methods without training.</summary>
    [Id(7)] public TrainSettings? Train { get; init; }

    /// <summary>The targets on which the job is evaluated, in addition to its own test images; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(8)] public EvaluationTargets? Evaluate { get; init; }

    /// <summary>The number of epochs that the job reports, over all its rounds.</summary>
    [JsonIgnore]
    public int Epochs => Train is null ? 0 : Train.Epochs * Train.Rounds;

    /// <summary>The settings for Adapt; null if the job does not prune context tokens during training.</summary>
    [JsonIgnore]
    public AdaptSettings? Pruning => TTarget is null ? null : Train?.Adapt;
}
