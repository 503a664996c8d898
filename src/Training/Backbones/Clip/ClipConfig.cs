using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>The dimensions of a CLIP model with a vision transformer, as in the config.json of a Hugging Face snapshot.</summary>
public sealed record ClipConfig
{
    /// <summary>The name of the configuration file in a snapshot folder.</summary>
    public const string FileName = BackboneFamilies.ConfigName;

    /// <summary>The image tower.</summary>
    public required TowerConfig Vision { get; init; }

    /// <summary>The text tower.</summary>
    public required TowerConfig Text { get; init; }

    /// <summary>The width and height of an image in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>The width and height of a patch in pixels; a divisor of <see cref="ImageSize"/>.</summary>
    public required int PatchSize { get; init; }

    /// <summary>The number of different token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The id that texts start with; null if the file does not define it.</summary>
    public int? StartId { get; init; }

    /// <summary>The id that texts end with. Null if the file does not define it; a text then ends at its largest id.</summary>
    public int? EndId { get; init; }

    /// <summary>The maximum length of a text in tokens, including start and end.</summary>
    public required int ContextLength { get; init; }

    /// <summary>The width of an image or text feature.</summary>
    public required int EmbeddingSize { get; init; }

    /// <summary>
    /// The initial logit scale: the logarithm of the factor by which cosine similarities are multiplied. Default: ln(1 / 0.07).
    /// </summary>
    public double InitialLogitScale { get; init; } = Math.Log(1 / 0.07);

    /// <summary>The dimensions in the form that all backbones use.</summary>
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

    /// <summary>The number of patches in an image.</summary>
    public int Patches => (ImageSize / PatchSize) * (ImageSize / PatchSize);

    /// <summary>The number of tokens in the image tower: the class token and the patches.</summary>
    public int ImageTokens => Patches + 1;

    /// <summary>Reads a config.json. Missing keys get the default values of the "transformers" library, which omits defaults when it writes
    /// the file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">The file is missing, is not JSON, has a different model type, or contains an invalid size;
    /// the message names the file and the JSON path.</exception>
    public static ClipConfig Load(string path)
    {
        return ClipConfigJson.Read(SnapshotSection.Bytes(path), path);
    }
}
