namespace AdaptCluster.Training.Backbones;

/// <summary>The dimensions of a backbone, as far as methods and jobs need them.</summary>
public sealed record BackboneShape
{
    /// <summary>The image tower.</summary>
    public required TowerShape Vision { get; init; }

    /// <summary>The text tower.</summary>
    public required TowerShape Text { get; init; }

    /// <summary>The width and height of an image in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>The width and height of a patch in pixels.</summary>
    public required int PatchSize { get; init; }

    /// <summary>The number of image-tower tokens that are not patches, such as a class token.</summary>
    public required int ExtraTokens { get; init; }

    /// <summary>The number of different token ids. Ids start at 0.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The maximum length of a text in tokens, including start and end.</summary>
    public required int ContextLength { get; init; }

    /// <summary>The width of an image or text feature.</summary>
    public required int EmbeddingSize { get; init; }

    /// <summary>The number of patches in an image.</summary>
    public int Patches => (ImageSize / PatchSize) * (ImageSize / PatchSize);

    /// <summary>The number of tokens in the image tower.</summary>
    public int ImageTokens => Patches + ExtraTokens;
}

/// <summary>The dimensions of one transformer tower.</summary>
public record TowerShape
{
    /// <summary>The width of a token embedding.</summary>
    public required int Width { get; init; }

    /// <summary>The number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>The width of the MLP's hidden layer.</summary>
    public required int MlpWidth { get; init; }
}
