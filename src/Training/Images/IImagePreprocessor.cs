namespace AdaptCluster.Training.Images;

/// <summary>Turns decoded images into what the image tower reads. Implementations may be called from several threads.</summary>
public interface IImagePreprocessor
{
    /// <summary>Width and height of the result, in pixels.</summary>
    int Size { get; }

    /// <summary>Resizes, crops the centre and normalises, as for test images.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="destination">3 × <see cref="Size"/> × <see cref="Size"/> values: channel, row, column.</param>
    void Prepare(RgbImage image, Span<float> destination);

    /// <summary>Crops and flips at random, then normalises, as for training images. The result depends on the arguments alone.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="seed">Seed of the job.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="index">Position of the image in its split.</param>
    /// <param name="destination">3 × <see cref="Size"/> × <see cref="Size"/> values: channel, row, column.</param>
    void PrepareAugmented(RgbImage image, int seed, int epoch, int index, Span<float> destination);
}
