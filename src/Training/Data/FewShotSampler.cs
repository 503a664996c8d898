using AdaptCluster.Training.Numerics;







namespace AdaptCluster.Training.Data;

/// <summary>
/// The few-shot draw of the CoOp family: classes in order of first appearance, per class a sample without replacement, the validation
/// shots from the same stream after all training shots.
/// </summary>
public static class FewShotSampler
{
    /// <summary>The most validation images that a class gets, as in CoOp.</summary>
    public const int MaxValidationShots = 4;

    /// <summary>Draws the training shots and, continuing the stream, the validation shots from a list of their own.</summary>
    /// <param name="trainLabels">Label of each training image, in list order; the order decides what is drawn.</param>
    /// <param name="validationLabels">Label of each validation image, in list order.</param>
    /// <param name="shots">Training images per class, at least 1.</param>
    /// <param name="random">The generator, freshly seeded with the run's seed.</param>
    /// <returns>Positions in the two lists.</returns>
    public static (int[] Train, int[] Validation) Draw(
        IReadOnlyList<int> trainLabels, IReadOnlyList<int> validationLabels, int shots, PythonRandom random)
    {
        var train = Pick(trainLabels, Enumerable.Range(0, trainLabels.Count), shots, random);
        var validation = Pick(validationLabels, Enumerable.Range(0, validationLabels.Count), ValidationShots(shots), random);
        return (train, validation);
    }

    /// <summary>For data sets without validation images: the validation shots are training images that were not chosen.</summary>
    /// <param name="trainLabels">Label of each training image, in list order.</param>
    /// <param name="shots">Training images per class, at least 1.</param>
    /// <param name="random">The generator, freshly seeded with the run's seed.</param>
    /// <returns>Positions in the list; no position is in both.</returns>
    public static (int[] Train, int[] Validation) DrawFromTrain(IReadOnlyList<int> trainLabels, int shots, PythonRandom random)
    {
        var train = Pick(trainLabels, Enumerable.Range(0, trainLabels.Count), shots, random);
        var taken = train.ToHashSet();
        var rest = Enumerable.Range(0, trainLabels.Count).Where(position => !taken.Contains(position));
        return (train, Pick(trainLabels, rest, ValidationShots(shots), random));
    }

    /// <summary>Validation images per class for a number of training shots.</summary>
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
        // A class that is too small is taken whole and uses no random numbers, so that later classes are drawn as CoOp draws them.
        return [.. order.SelectMany(group => group.Count >= shots ? random.Sample(group, shots) : [.. group])];
    }
}
