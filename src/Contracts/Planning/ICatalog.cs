using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Planning;

/// <summary>The properties of a backbone that the planner needs.</summary>
[GenerateSerializer, Immutable, Alias("BackboneFacts")]
public sealed record BackboneInfo
{
    /// <summary>The name that the spec uses.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The number of blocks in the image tower.</summary>
    [Id(1)] public required int ImageDepth { get; init; }

    /// <summary>The number of blocks in the text tower.</summary>
    [Id(2)] public required int TextDepth { get; init; }

    /// <summary>The width of the image tower.</summary>
    [Id(3)] public required int ImageWidth { get; init; }

    /// <summary>The width of the text tower.</summary>
    [Id(4)] public required int TextWidth { get; init; }

    /// <summary>The SHA-256 hash of the files that results depend on, in hexadecimal.</summary>
    [Id(5)] public required string Fingerprint { get; init; }

    /// <summary>
    /// The number of parameters, excluding the token embeddings, such as 124,323,841 for ViT-B/16. Percentages of trained parameters are
    /// relative to this number.
    /// </summary>
    [Id(6)] public required long Parameters { get; init; }

    /// <summary>The number of MACs that the image tower needs for one image.</summary>
    [Id(7)] public required long ImageMultiplyAdds { get; init; }

    /// <summary>The number of MACs that the text tower needs for one full-length text.</summary>
    [Id(8)] public required long TextMultiplyAdds { get; init; }
}

/// <summary>The properties of a data set that the planner needs.</summary>
[GenerateSerializer, Immutable, Alias("DatasetFacts")]
public sealed record DatasetInfo
{
    /// <summary>The name that the spec uses.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The number of classes.</summary>
    [Id(1)] public required int Classes { get; init; }

    /// <summary>The number of training images in the few-shot split (the same for every seed).</summary>
    [Id(2)] public required int TrainImages { get; init; }

    /// <summary>The number of validation images in the few-shot split.</summary>
    [Id(3)] public required int ValidationImages { get; init; }

    /// <summary>The number of test images.</summary>
    [Id(4)] public required int TestImages { get; init; }

    /// <summary>The SHA-256 hash of the content of the images and labels, in hexadecimal.</summary>
    [Id(5)] public required string Fingerprint { get; init; }

    /// <summary>Notes to read before comparing the data set's numbers with others; each is a sentence without a full stop.</summary>
    [Id(6)] public string[] Notes { get; init; } = [];

    /// <summary>The SHA-256 hash of the class names in label order; empty if unknown.</summary>
    [Id(7)] public string ClassNames { get; init; } = "";
}

/// <summary>The class in a data set whose text has the most tokens.</summary>
/// <param name="ClassName">The name of the class.</param>
/// <param name="Tokens">The number of tokens in the text of the class, including the start and end tokens.</param>
/// <param name="Limit">The maximum number of tokens that the backbone's text tower accepts.</param>
[GenerateSerializer, Immutable, Alias("TextFacts")]
public sealed record LongestTextInfo([property: Id(0)] string ClassName, [property: Id(1)] int Tokens, [property: Id(2)] int Limit);

/// <summary>Describes backbones and data sets to the planner, which does not use the trainer. The silo implements it.</summary>
public interface ICatalog
{
    /// <summary>Returns the properties of a backbone.</summary>
    /// <param name="name">The backbone's name, as in the spec.</param>
    /// <exception cref="InvalidInputException">The backbone does not exist, or its folder is damaged.</exception>
    BackboneInfo DescribeBackbone(string name);

    /// <summary>Returns the properties of a data set.</summary>
    /// <param name="source">The data set, as in the spec.</param>
    /// <param name="shots">The number of training images per class.</param>
    /// <exception cref="InvalidInputException">The data set does not exist, or it is damaged.</exception>
    DatasetInfo DescribeDataset(DatasetSource source, int shots);

    /// <summary>
    /// Returns the properties of a data set that is used only for its test images. By default, they are the properties for one shot.
    /// </summary>
    /// <param name="source">The data set, as in the spec.</param>
    /// <exception cref="InvalidInputException">The data set does not exist, or it is damaged.</exception>
    DatasetInfo DescribeTarget(DatasetSource source) => DescribeDataset(source, 1);

    /// <summary>Checks the header and the end of each test image. The default implementation checks nothing.</summary>
    /// <param name="source">The data set, as in the spec.</param>
    /// <exception cref="InvalidInputException">Some images cannot be used; the message names them.</exception>
    void CheckTarget(DatasetSource source) { }

    /// <summary>
    /// Checks the header and the end of each image that any of the seeds uses. The default implementation checks nothing.
    /// </summary>
    /// <param name="source">The data set, as in the spec.</param>
    /// <param name="shots">The number of training images per class.</param>
    /// <param name="seeds">The seeds of the few-shot splits.</param>
    /// <exception cref="InvalidInputException">Some images cannot be used; the message names them.</exception>
    void CheckImages(DatasetSource source, int shots, IReadOnlyList<int> seeds) { }

    /// <summary>Finds the class in a data set whose text has the most tokens.</summary>
    /// <param name="backbone">The backbone, as in the spec.</param>
    /// <param name="source">The data set, as in the spec.</param>
    /// <exception cref="InvalidInputException">The backbone or data set does not exist, or it is damaged.</exception>
    LongestTextInfo DescribeLongestText(string backbone, DatasetSource source);
}
