namespace AdaptCluster.Training.Images;

/// <summary>The image preprocessing settings of a CLIP model.</summary>
public sealed record PreprocessorSettings
{
    /// <summary>The width and height of the result in pixels.</summary>
    public required int Size { get; init; }

    /// <summary>The length of a test image's shorter side before the centre crop, in pixels; at least <see cref="Size"/>.</summary>
    public required int ShorterSide { get; init; }

    /// <summary>The factor that a byte is multiplied by before the mean is subtracted; null to divide by 255.</summary>
    public double? Factor { get; init; }

    /// <summary>The mean that is subtracted from each channel. Default: OpenAI's values for CLIP.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0.48145466, 0.4578275, 0.40821073];

    /// <summary>The standard deviation that each channel is divided by. Default: OpenAI's values for CLIP.</summary>
    public IReadOnlyList<double> StandardDeviation { get; init; } = [0.26862954, 0.26130258, 0.27577711];

    /// <summary>Returns OpenAI's settings for a given size.</summary>
    public static PreprocessorSettings Of(int size) => new() { Size = size, ShorterSide = size };
}
