using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Drawing;

/// <summary>Images of one drawn split; the class of image i is i modulo the number of classes.</summary>
internal sealed class DrawnSplit : IImageSplit
{
    /// <summary>Drawn data sets have a seed of their own: a job's seed chooses among their images, and never changes one.</summary>
    private const int Seed = 20_240_607;

    private readonly DrawnRecipe _recipe;
    private readonly int _stream;

    /// <summary>Opens a split.</summary>
    /// <param name="recipe">How it looks.</param>
    /// <param name="stream">A number that no other split of any data set has.</param>
    /// <param name="count">Images.</param>
    public DrawnSplit(DrawnRecipe recipe, int stream, int count)
    {
        (_recipe, _stream) = (recipe, stream);
        Labels = [.. Enumerable.Range(0, count).Select(i => i % recipe.Classes.Length)];
    }

    public IReadOnlyList<int> Labels { get; }

    public RgbImage Load(int index)
    {
        // Streams start at 1: stream 0 draws the pretraining pictures.
        var random = new CounterRandom(RandomPurpose.Drawing, Seed, 1 + _stream, index);
        var scene = _recipe.Compose(ref random, Labels[index]);
        return SceneRenderer.Render(scene, ref random);
    }
}
