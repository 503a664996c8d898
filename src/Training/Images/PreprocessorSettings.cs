namespace AdaptCluster.Training.Images;

/// <summary>The numbers by which a CLIP's images are prepared.</summary>
public sealed record PreprocessorSettings
{
    /// <summary>Width and height of the result, in pixels.</summary>
    public required int Size { get; init; }

    /// <summary>
    /// The length of the shorter side before the centre is cut out of a test image, in pixels; at least <see cref="Size"/>.
    /// </summary>
    public required int ShorterSide { get; init; }

    /// <summary>By what a byte is multiplied before the mean is taken off; null for a division by 255.</summary>
    public double? Factor { get; init; }

    /// <summary>What is taken off each channel; by default as OpenAI's CLIP does.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0.48145466, 0.4578275, 0.40821073];

    /// <summary>By what each channel is divided then; by default as OpenAI's CLIP does.</summary>
    public IReadOnlyList<double> StandardDeviation { get; init; } = [0.26862954, 0.26130258, 0.27577711];

    /// <summary>OpenAI's numbers at a size.</summary>
    public static PreprocessorSettings Of(int size) => new() { Size = size, ShorterSide = size };
}
