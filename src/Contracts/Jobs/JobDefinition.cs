namespace AdaptCluster.Contracts.Jobs;

/// <summary>The names of the methods, as they stand in specs and results.</summary>
public static class MethodNames
{
    /// <summary>Adaptive prompt tuning.</summary>
    public const string Adapt = "adapt";

    /// <summary>CLIP without training.</summary>
    public const string ZeroShot = "zero-shot";

    /// <summary>The methods that this version can run.</summary>
    public static IReadOnlyList<string> Built { get; } = [Adapt, ZeroShot];
}

/// <summary>A data set as a spec names it.</summary>
[GenerateSerializer, Immutable, Alias("DatasetSource")]
public sealed record DatasetSource
{
    /// <summary>The template of a data set that names none.</summary>
    public const string DefaultTemplate = "a photo of a {}.";

    /// <summary>The name that columns of the table carry.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>"drawn" (drawn by the project, nothing on disk) or "folder" (one folder of images per class).</summary>
    [Id(1)] public required string Format { get; init; }

    /// <summary>For "folder": the folder, relative to the silo's data root. Null for "drawn".</summary>
    [Id(2)] public string? Path { get; init; }

    /// <summary>The text of a class, "{}" standing for its name. Null: the data set's own, else <see cref="DefaultTemplate"/>.</summary>
    [Id(3)] public string? Template { get; init; }
}

/// <summary>One training run with every default written out: what the <see cref="JobId"/> is the hash of.</summary>
[GenerateSerializer, Immutable, Alias("JobDefinition")]
public sealed record JobDefinition
{
    /// <summary>One of <see cref="MethodNames"/>.</summary>
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
}
