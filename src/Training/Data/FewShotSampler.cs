using AdaptCluster.Training.Numerics;







namespace AdaptCluster.Training.Data;

/// <summary>
/// Draws few-shot splits as the CoOp family does: a sample without replacement from each class, in order of the classes' first appearance.
/// The training shots of all classes are drawn first; the validation shots of all classes then continue the random stream.
/// </summary>
public static class FewShotSampler
{
    /// <summary>The maximum number of validation images per class, as in CoOp.</summary>
    public const int MaxValidationShots = 4;

    /// <summary>Draws the training shots, then draws the validation shots from a separate list with the same random stream.</summary>
    /// <param name="trainLabels">The label of each training image, in list order. The order determines which images are drawn.</param>
    /// <param name="validationLabels">The label of each validation image, in list order.</param>
    /// <param name="shots">The number of training images per class, at least 1.</param>
    /// <param name="random">The generator, freshly seeded with the run's seed.</param>
    /// <returns>The positions in the two lists.</returns>
    public static (int[] Train, int[] Validation) Draw(
        IReadOnlyList<int> trainLabels, IReadOnlyList<int> validationLabels, int shots, PythonRandom random)
    {
        var train = Pick(trainLabels, Enumerable.Range(0, trainLabels.Count), shots, random);
        var validation = Pick(validationLabels, Enumerable.Range(0, validationLabels.Count), ValidationShots(shots), random);
        return (train, validation);
    }

    /// <summary>
    /// Draws both splits from the training images, for data sets without validation images. The validation shots are drawn from the images
    /// that were not chosen as training shots.
    /// </summary>
    /// <param name="trainLabels">The label of each training image, in list order.</param>
    /// <param name="shots">The number of training images per class, at least 1.</param>
    /// <param name="random">The generator, freshly seeded with the run's seed.</param>
    /// <returns>The positions in the list; the two sets are disjoint.</returns>
    public static (int[] Train, int[] Validation) DrawFromTrain(IReadOnlyList<int> trainLabels, int shots, PythonRandom random)
    {
        var train = Pick(trainLabels, Enumerable.Range(0, trainLabels.Count), shots, random);
        var taken = train.ToHashSet();
        var rest = Enumerable.Range(0, trainLabels.Count).Where(position => !taken.Contains(position));
        return (train, Pick(trainLabels, rest, ValidationShots(shots), random));
    }

    /// <summary>Returns the number of validation images per class for a given number of training shots.</summary>
    public static int ValidationShots(int shots) => Math.Min(shots, MaxValidationShots);

    private static int[] Pick(IReadOnlyList<int> labels, IEnumerable<int> positions, int shots, PythonRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shots, 1);
        var groups = new Dictionary<int, List<int>>();
        var order = new List<List<int>>();
        foreach (var position in positions)
        {
            if (!groups.TryGetValue(labels[position], out var group))
            {
                groups.Add(labels[position], group = []);
                order.Add(group);
            }
            group.Add(position);
        }
        // A class with too few images is taken whole and uses no random numbers, so that later classes are drawn as in CoOp.
        return [.. order.SelectMany(group => group.Count >= shots ? random.Sample(group, shots) : [.. group])];
    }
}
