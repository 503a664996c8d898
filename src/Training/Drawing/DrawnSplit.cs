using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Drawing;

/// <summary>The images in one split of a drawn data set. The class of image i is i modulo the number of classes.</summary>
internal sealed class DrawnSplit : IImageSplit
{
    /// <summary>
    /// The fixed seed for all drawn data sets. A job's seed determines which images are selected, but never changes an image.
    /// </summary>
    private const int Seed = 20_240_607;

    private readonly DrawnRecipe _recipe;
    private readonly int _stream;

    /// <summary>Initializes a split.</summary>
    /// <param name="recipe">The definition of the data set.</param>
    /// <param name="stream">The stream number, unique among all splits of all data sets.</param>
    /// <param name="count">The number of images.</param>
    public DrawnSplit(DrawnRecipe recipe, int stream, int count)
    {
        (_recipe, _stream) = (recipe, stream);
        Labels = [.. Enumerable.Range(0, count).Select(i => i % recipe.Classes.Length)];
    }

    public IReadOnlyList<int> Labels { get; }

    public RgbImage Load(int index)
    {
        // Streams start at 1: stream 0 draws the pretraining images.
        var random = new CounterRandom(RandomPurpose.Drawing, Seed, 1 + _stream, index);
        var scene = _recipe.Compose(ref random, Labels[index]);
        return SceneRenderer.Render(scene, ref random);
    }
}
