using AdaptCluster.Training.Numerics;


namespace AdaptCluster.Training.Data;

/// <summary>
/// Creates splits for data sets that do not have predefined splits. It uses CoOp's proportions, lists in ordinal order and a fixed seed, so
/// that all machines create the same split. CoOp's own code starts from the order in which the file system returns files, so its published
/// splits cannot be reproduced.
/// </summary>
internal static class SplitGenerator
{
    /// <summary>The minimum number of images per class for a three-way split.</summary>
    public const int FewestImages = 3;

    /// <summary>The seed of all generated splits. A different seed would change all of them.</summary>
    private const int Seed = 1;

    private const double TrainShare = 0.5;
    private const double ValidationShare = 0.2;

    /// <summary>
    /// Splits each class, in order of first appearance: shuffles its images, then takes half for training, a fifth for validation and the
    /// rest for testing.
    /// </summary>
    /// <param name="items">All images; each class has at least <see cref="FewestImages"/>.</param>
    /// <param name="label">Returns the class of an image.</param>
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

    /// <summary>
    /// Splits each class, in order of first appearance: shuffles its images, then takes a fifth for validation and the rest for training.
    /// </summary>
    /// <param name="items">The images that are not test images. A class with one image gets no validation image.</param>
    /// <param name="label">Returns the class of an image.</param>
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

    // Rounds halves to even, as Python does. Every class gets at least one image.
    private static int Share(int images, double share) => Math.Max(1, (int)Math.Round(share * images));
}
