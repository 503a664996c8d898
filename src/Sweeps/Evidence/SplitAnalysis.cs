namespace AdaptCluster.Sweeps.Evidence;

/// <summary>Statistics on the predictions for one split.</summary>
public sealed record SplitAnalysis
{
    /// <summary>The number of equal-width bins used to compute the calibration error.</summary>
    public const int Bins = 15;

    /// <summary>The maximum number of classes in a confusion matrix.</summary>
    public const int MatrixClasses = 1000;

    // Sparse, because with 20,000 classes nearly all pairs have a count of 0.
    private readonly Dictionary<(int Label, int Predicted), int> _counts = [];

    private SplitAnalysis(string[] classNames, SplitPredictions split)
    {
        (ClassNames, Split) = (classNames, split);
        var (images, predicted) = (new int[classNames.Length], new int[classNames.Length]);
        for (var i = 0; i < split.Count; i++)
        {
            var (label, taken) = (split.Labels[i], split.Predicted[i]);
            images[label]++;
            predicted[taken]++;
            _counts[(label, taken)] = _counts.GetValueOrDefault((label, taken)) + 1;
        }
        var worst = _counts.Where(count => count.Key.Label != count.Key.Predicted).GroupBy(count => count.Key.Label).ToDictionary(
            row => row.Key, row => row.OrderByDescending(count => count.Value).ThenBy(count => count.Key.Predicted).First().Key.Predicted);
        Classes = [.. classNames.Select((name, label) => new ClassAnalysis(label, name, Confused(label, label), images[label],
            predicted[label], worst.TryGetValue(label, out var other) ? other : null))];
        Misclassified = [.. Enumerable.Range(0, split.Count).Where(i => split.Labels[i] != split.Predicted[i])];
        (CalibrationError, Brier) = Calibration(split);
    }

    /// <summary>The class names in label order.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The predictions.</summary>
    public SplitPredictions Split { get; }

    /// <summary>The statistics for each class, in label order.</summary>
    public IReadOnlyList<ClassAnalysis> Classes { get; }

    /// <summary>The positions of the misclassified images, in the split's order.</summary>
    public IReadOnlyList<int> Misclassified { get; }

    /// <summary>
    /// The expected calibration error of the predicted class, from 0 to 1. The probabilities of the predicted classes are divided into
    /// <see cref="Bins"/> bins of equal width, (0, 1/15], ..., (14/15, 1]. The error is the sum, over all bins, of the bin's share of the
    /// images times the absolute difference between its mean probability and its accuracy. Null if there are no images.
    /// </summary>
    public double? CalibrationError { get; }

    /// <summary>
    /// The Brier score of the predicted class, from 0 to 1: the mean of (p - 1)² for correct predictions and p² for wrong ones. It is not
    /// the sum over all classes, because the probabilities of the other classes are not stored. Null if there are no images.
    /// </summary>
    public double? Brier { get; }

    /// <summary>Computes the statistics for a split.</summary>
    /// <param name="predictions">The job's predictions.</param>
    /// <param name="split">The job's validation or test split.</param>
    public static SplitAnalysis Of(JobPredictions predictions, SplitPredictions split) => new([.. predictions.ClassNames], split);

    /// <summary>Computes the statistics for an evaluation target.</summary>
    /// <param name="target">The predictions for the target's test images.</param>
    public static SplitAnalysis Of(TargetPredictions target) => new([.. target.ClassNames], target.Test);

    /// <summary>Returns an entry of the confusion matrix: the number of images of one class that were predicted as a given class.</summary>
    /// <param name="label">The images' class.</param>
    /// <param name="predicted">The predicted class.</param>
    public int Confused(int label, int predicted) => _counts.GetValueOrDefault((label, predicted));

    /// <summary>
    /// Returns the confusion matrix: one row per class, one column per predicted class. Null if there are more than
    /// <see cref="MatrixClasses"/> classes, because most entries would be zero.
    /// </summary>
    public int[][]? Matrix() => ClassNames.Count > MatrixClasses ? null
        : [.. Classes.Select(row => Classes.Select(column => Confused(row.Label, column.Label)).ToArray())];

    private static (double? Error, double? Brier) Calibration(SplitPredictions split)
    {
        if (split.Count == 0) return (null, null);
        var (sums, right, brier) = (new double[Bins], new int[Bins], 0.0);
        for (var i = 0; i < split.Count; i++)
        {
            var (p, correct) = (split.Probability(i), split.Labels[i] == split.Predicted[i]);
            // Integer arithmetic, because a bin includes its upper end: ceil(p × 15) - 1 with p = kept / 65535.
            var bin = Math.Max(0, (((split.Confidence[i] * Bins) + ushort.MaxValue - 1) / ushort.MaxValue) - 1);
            sums[bin] += p;
            if (correct) right[bin]++;
            brier += correct ? (p - 1) * (p - 1) : p * p;
        }
        return (sums.Zip(right, (sum, hits) => Math.Abs(sum - hits)).Sum() / split.Count, brier / split.Count);
    }
}

/// <summary>Statistics for one class.</summary>
/// <param name="Label">The class's label.</param>
/// <param name="Name">The class's name.</param>
/// <param name="Correct">The number of images of this class that were classified correctly.</param>
/// <param name="Images">The number of images of this class.</param>
/// <param name="Predicted">The number of images of any class that were predicted as this class.</param>
/// <param name="MostConfusedWith">The class that images of this class were most often misclassified as; on a tie, the first one. Null if
/// none were misclassified.</param>
public sealed record ClassAnalysis(int Label, string Name, int Correct, int Images, int Predicted, int? MostConfusedWith);
