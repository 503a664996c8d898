using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>The size of a CLIP with a vision transformer; config.json of a Hugging Face snapshot folder.</summary>
public sealed record ClipConfig
{
    /// <summary>The file's name in a snapshot folder.</summary>
    public const string FileName = BackboneFamilies.ConfigName;

    /// <summary>The image tower.</summary>
    public required TowerConfig Vision { get; init; }

    /// <summary>The text tower.</summary>
    public required TowerConfig Text { get; init; }

    /// <summary>Width and height of an image, in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Width and height of a patch, in pixels; divides <see cref="ImageSize"/>.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The id that texts start with; null where the file does not say so.</summary>
    public int? StartId { get; init; }

    /// <summary>The id that texts end with; null where the file does not say so, and the largest id of a text is its end.</summary>
    public int? EndId { get; init; }

    /// <summary>Tokens of the longest text, start and end included.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Entries of an image or text feature.</summary>
    public required int EmbeddingSize { get; init; }

    /// <summary>Logarithm of the factor on cosines that training starts with. Default: ln(1 / 0.07).</summary>
    public double InitialLogitScale { get; init; } = Math.Log(1 / 0.07);

    /// <summary>What every backbone has of this.</summary>
    public BackboneShape Shape => new()
    {
        Vision = Vision,
        Text = Text,
        ImageSize = ImageSize,
        PatchSize = PatchSize,
        ExtraTokens = 1,
        VocabularySize = VocabularySize,
        ContextLength = ContextLength,
        EmbeddingSize = EmbeddingSize,
    };

    /// <summary>Patches of an image.</summary>
    public int Patches => (ImageSize / PatchSize) * (ImageSize / PatchSize);

    /// <summary>Tokens of the image tower: the class token and the patches.</summary>
    public int ImageTokens => Patches + 1;

    /// <summary>
    /// Reads a config.json. Keys that are absent take the defaults of the "transformers" library, as its own writer leaves them out.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">It is missing, no JSON, of another model type, or holds a size that no CLIP has; the
    /// message names file and JSON path.</exception>
    public static ClipConfig Load(string path)
    {
        return ClipConfigJson.Read(SnapshotSection.Bytes(path), path);
    }
}
