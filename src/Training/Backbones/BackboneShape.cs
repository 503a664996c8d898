namespace AdaptCluster.Training.Backbones;

/// <summary>The sizes of a backbone that methods and jobs ask for.</summary>
public sealed record BackboneShape
{
    /// <summary>The image tower.</summary>
    public required TowerShape Vision { get; init; }

    /// <summary>The text tower.</summary>
    public required TowerShape Text { get; init; }

    /// <summary>Width and height of an image, in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Width and height of a patch, in pixels.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Tokens of the image tower that stand for no patch, such as a class token.</summary>
    public required int ExtraTokens { get; init; }

    /// <summary>Token ids, from 0.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Tokens of the longest text, start and end included.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Entries of an image or text feature.</summary>
    public required int EmbeddingSize { get; init; }

    /// <summary>Patches of an image.</summary>
    public int Patches => (ImageSize / PatchSize) * (ImageSize / PatchSize);

    /// <summary>Tokens of the image tower.</summary>
    public int ImageTokens => Patches + ExtraTokens;
}

/// <summary>The size of one transformer tower.</summary>
public record TowerShape
{
    /// <summary>Entries of one token.</summary>
    public required int Width { get; init; }

    /// <summary>Blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Width of the MLP's hidden layer.</summary>
    public required int MlpWidth { get; init; }
}
