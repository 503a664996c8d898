using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Planning;

/// <summary>What the plan must know of a backbone.</summary>
[GenerateSerializer, Immutable, Alias("BackboneFacts")]
public sealed record BackboneFacts
{
    /// <summary>The name that the spec uses.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Blocks of the image tower.</summary>
    [Id(1)] public required int ImageDepth { get; init; }

    /// <summary>Blocks of the text tower.</summary>
    [Id(2)] public required int TextDepth { get; init; }

    /// <summary>Width of the image tower.</summary>
    [Id(3)] public required int ImageWidth { get; init; }

    /// <summary>Width of the text tower.</summary>
    [Id(4)] public required int TextWidth { get; init; }

    /// <summary>SHA-256 of the files that results depend on, in hexadecimal.</summary>
    [Id(5)] public required string Fingerprint { get; init; }

    /// <summary>
    /// Parameters, without the table of token embeddings: 124,323,841 for ViT-B/16. Percentages of trained parameters refer to it.
    /// </summary>
    [Id(6)] public required long Parameters { get; init; }

    /// <summary>Multiply-adds of one image through its tower.</summary>
    [Id(7)] public required long ImageMultiplyAdds { get; init; }

    /// <summary>Multiply-adds of one text of full length through its tower.</summary>
    [Id(8)] public required long TextMultiplyAdds { get; init; }
}

/// <summary>What the plan must know of a data set.</summary>
[GenerateSerializer, Immutable, Alias("DatasetFacts")]
public sealed record DatasetFacts
{
    /// <summary>The name that the spec uses.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Classes.</summary>
    [Id(1)] public required int Classes { get; init; }

    /// <summary>Training images after the few-shot draw (the same for every seed).</summary>
    [Id(2)] public required int TrainImages { get; init; }

    /// <summary>Validation images after the few-shot draw.</summary>
    [Id(3)] public required int ValidationImages { get; init; }

    /// <summary>Test images.</summary>
    [Id(4)] public required int TestImages { get; init; }

    /// <summary>SHA-256 of what the images and labels are made from, in hexadecimal.</summary>
    [Id(5)] public required string Fingerprint { get; init; }

    /// <summary>What one should know before comparing its numbers; a sentence without a full stop each.</summary>
    [Id(6)] public string[] Notes { get; init; } = [];

    /// <summary>SHA-256 of the classes' names in label order; empty where it is not known.</summary>
    [Id(7)] public string ClassNames { get; init; } = "";
}

/// <summary>The longest text of a data set's classes.</summary>
/// <param name="ClassName">The class.</param>
/// <param name="Tokens">Tokens of its text, start and end included.</param>
/// <param name="Limit">Tokens that the backbone's text tower takes.</param>
[GenerateSerializer, Immutable, Alias("TextFacts")]
public sealed record TextFacts([property: Id(0)] string ClassName, [property: Id(1)] int Tokens, [property: Id(2)] int Limit);

/// <summary>The seam between the planner, which knows no trainer, and the trainer's models and data sets. The silo implements it.</summary>
public interface ICatalog
{
    /// <summary>Looks a backbone up.</summary>
    /// <param name="name">As in the spec.</param>
    /// <exception cref="InvalidInputException">There is none, or its folder is damaged.</exception>
    BackboneFacts DescribeBackbone(string name);

    /// <summary>Looks a data set up.</summary>
    /// <param name="source">As in the spec.</param>
    /// <param name="shots">Training images per class.</param>
    /// <exception cref="InvalidInputException">There is none, or it is damaged.</exception>
    DatasetFacts DescribeDataset(DatasetSource source, int shots);

    /// <summary>Looks up a data set whose test images alone are wanted. Default: as for one shot.</summary>
    /// <param name="source">As in the spec.</param>
    /// <exception cref="InvalidInputException">There is none, or it is damaged.</exception>
    DatasetFacts DescribeTarget(DatasetSource source) => DescribeDataset(source, 1);

    /// <summary>Looks at the header and the end of each test image. Default: at none.</summary>
    /// <param name="source">As in the spec.</param>
    /// <exception cref="InvalidInputException">Some cannot be used; the message names them.</exception>
    void CheckTarget(DatasetSource source) { }

    /// <summary>Looks at the header and the end of each image that any of some seeds uses.</summary>
    /// <param name="source">As in the spec.</param>
    /// <param name="shots">Training images per class.</param>
    /// <param name="seeds">Seeds of the draws.</param>
    /// <exception cref="InvalidInputException">Some cannot be used; the message names them.</exception>
    void CheckImages(DatasetSource source, int shots, IReadOnlyList<int> seeds) { }

    /// <summary>Finds the class of a data set whose text has the most tokens.</summary>
    /// <param name="backbone">The backbone, as in the spec.</param>
    /// <param name="source">The data set, as in the spec.</param>
    /// <exception cref="InvalidInputException">There is no such backbone or data set, or it is damaged.</exception>
    TextFacts DescribeLongestText(string backbone, DatasetSource source);
}
