using AdaptCluster.Training.Numerics;


namespace AdaptCluster.Training.Data;

/// <summary>
/// Splits that the project makes where none is given: by CoOp's shares, from lists in ordinal order and with a seed of its own, so that all
/// machines make the same one. CoOp's own code shuffles whatever order the disk has, so its published splits cannot be made again.
/// </summary>
internal static class OwnSplit
{
    /// <summary>The fewest images of a class that can be split three ways.</summary>
    public const int FewestImages = 3;

    /// <summary>Changing it changes every self-made split.</summary>
    private const int Seed = 1;

    private const double TrainShare = 0.5;
    private const double ValidationShare = 0.2;

    /// <summary>
    /// Per class, in order of first appearance: shuffle, half for training, a fifth for validation, the rest for the test.
    /// </summary>
    /// <param name="items">All images; each class has at least <see cref="FewestImages"/>.</param>
    /// <param name="label">The class of an image.</param>
    public static (List<T> Train, List<T> Validation, List<T> Test) ThreeWays<T>(IEnumerable<T> items, Func<T, int> label)
    {
        var random = new PythonRandom(Seed);
        List<T> train = [], validation = [], test = [];
        foreach (var group in items.GroupBy(label))
        {
            var images = group.ToArray();
            random.Shuffle<T>(images);
            var validationCount = Share(images.Length, ValidationShare);
            var trainCount = Math.Min((int)Math.Round(TrainShare * images.Length), images.Length - validationCount - 1);
            train.AddRange(images[..trainCount]);
            validation.AddRange(images[trainCount..(trainCount + validationCount)]);
            test.AddRange(images[(trainCount + validationCount)..]);
        }
        return (train, validation, test);
    }

    /// <summary>Per class, in order of first appearance: shuffle, a fifth for validation, the rest for training.</summary>
    /// <param name="items">The images that are not for the test. A class of one image has no validation image.</param>
    /// <param name="label">The class of an image.</param>
    public static (List<T> Train, List<T> Validation) TwoWays<T>(IEnumerable<T> items, Func<T, int> label)
    {
        var random = new PythonRandom(Seed);
        List<T> train = [], validation = [];
        foreach (var group in items.GroupBy(label))
        {
            var images = group.ToArray();
            random.Shuffle<T>(images);
            var validationCount = images.Length == 1 ? 0 : Share(images.Length, ValidationShare);
            validation.AddRange(images[..validationCount]);
            train.AddRange(images[validationCount..]);
        }
        return (train, validation);
    }

    // Halves go to the even number, as in Python; no class is left without its share.
    private static int Share(int images, double share) => Math.Max(1, (int)Math.Round(share * images));
}
