using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The names of the methods whose settings are members of <see cref="TrainSettings"/>, as they stand in specs and results. Which methods
/// there are is the catalog's to say.
/// </summary>
public static class MethodNames
{
    /// <summary>Adaptive prompt tuning.</summary>
    public const string Adapt = "adapt";

    /// <summary>CLIP without training.</summary>
    public const string ZeroShot = "zero-shot";

    /// <summary>One context for all classes.</summary>
    public const string CoOp = "coop";

    /// <summary>A context that each image shifts.</summary>
    public const string CoCoOp = "cocoop";

    /// <summary>Image tokens, new ones in each block.</summary>
    public const string Vpt = "vpt";

    /// <summary>Several contexts, matched with patches by optimal transport.</summary>
    public const string Plot = "plot";

    /// <summary>Text tokens in the first blocks, and image tokens made of them.</summary>
    public const string Maple = "maple";

    /// <summary>CoOp with gradients aligned to zero-shot CLIP.</summary>
    public const string ProGrad = "prograd";

    /// <summary>CoOp that stays near zero-shot CLIP's texts.</summary>
    public const string KgCoOp = "kgcoop";

    /// <summary>Trained tokens of the names.</summary>
    public const string Lamm = "lamm";
}

/// <summary>A data set as a spec names it.</summary>
[GenerateSerializer, Immutable, Alias("DatasetSource")]
public sealed record DatasetSource
{
    /// <summary>The template of a data set that names none.</summary>
    public const string DefaultTemplate = "a photo of a {}.";

    /// <summary>The name that columns of the table carry.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The name of its format. Which formats there are is the catalog's to say.</summary>
    [Id(1)] public required string Format { get; init; }

    /// <summary>The folder or list, relative to the silo's data root. Null for data sets that are known by name.</summary>
    [Id(2)] public string? Path { get; init; }

    /// <summary>The text of a class, "{}" standing for its name. Null: the data set's own, else <see cref="DefaultTemplate"/>.</summary>
    [Id(3)] public string? Template { get; init; }

    /// <summary>Other names for classes: from the name in the data set to the name in texts. Null renames none.</summary>
    // Not written where it is null, so that jobs of data sets without it keep their ids.
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(4)] public SortedDictionary<string, string>? Names { get; init; }

    /// <summary>
    /// For lists: the folder that image paths are relative to, itself relative to the data root. Null: the list's own folder.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(5)] public string? Images { get; init; }

    /// <summary>
    /// The folder of few-shot lists (shot_16-seed_1_train.jsonl) that draws are read from, relative to the data root. Null: drawn here.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(6)] public string? FewShots { get; init; }

    /// <summary>"base" or "new": that half of the classes, after the few-shot draw of all. Null: all classes.</summary>
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

/// <summary>One training run with every default written out: what the <see cref="JobId"/> is the hash of.</summary>
[GenerateSerializer, Immutable, Alias("JobDefinition")]
public sealed record JobDefinition
{
    /// <summary>The method's name.</summary>
    [Id(0)] public required string Method { get; init; }

    /// <summary>The backbone's folder, relative to the silo's model roots.</summary>
    [Id(1)] public required string Backbone { get; init; }

    /// <summary>Where the images come from.</summary>
    [Id(2)] public required DatasetSource Dataset { get; init; }

    /// <summary>Training images per class.</summary>
    [Id(3)] public required int Shots { get; init; }

    /// <summary>Seed of the few-shot draw, the initial prompts, the data order and the augmentation. 0 is a valid seed.</summary>
    [Id(4)] public required int Seed { get; init; }

    /// <summary>Adapt only: the saliency score.</summary>
    [Id(5)] public Scorer? Scorer { get; init; }

    /// <summary>Adapt only: context tokens left at the end, over both branches.</summary>
    [Id(6)] public int? TTarget { get; init; }

    /// <summary>How it trains, the prune period already fitted. Null for methods without training.</summary>
    [Id(7)] public TrainSettings? Train { get; init; }

    /// <summary>What it is evaluated on beside its own test images; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(8)] public EvaluationTargets? Evaluate { get; init; }

    /// <summary>Epochs that it reports, those of all its rounds.</summary>
    [JsonIgnore]
    public int Epochs => Train is null ? 0 : Train.Epochs * Train.Rounds;

    /// <summary>The settings of a job that removes context tokens as it trains; null for one that removes none.</summary>
    [JsonIgnore]
    public AdaptSettings? Pruning => TTarget is null ? null : Train?.Adapt;
}
