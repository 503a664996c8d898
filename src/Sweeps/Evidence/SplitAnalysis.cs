namespace AdaptCluster.Sweeps.Evidence;

/// <summary>What follows from the predictions of one split.</summary>
public sealed record SplitAnalysis
{
    /// <summary>Bins of the calibration error, of equal width.</summary>
    public const int Bins = 15;

    /// <summary>Most classes of a confusion matrix.</summary>
    public const int MatrixClasses = 1000;

    // Of 20,000 classes nearly all pairs occur never.
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

    /// <summary>Names in label order.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The predictions.</summary>
    public SplitPredictions Split { get; }

    /// <summary>Each class, in label order.</summary>
    public IReadOnlyList<ClassAnalysis> Classes { get; }

    /// <summary>Positions of the images that were classified wrong, in the split's order.</summary>
    public IReadOnlyList<int> Misclassified { get; }

    /// <summary>
    /// The expected calibration error of the predicted class, from 0 to 1: the images' probabilities of it fall into
    /// <see cref="Bins"/> bins of equal width, (0, 1/15], ..., (14/15, 1]; it is the sum over bins of their share of the images times the
    /// distance between mean probability and accuracy. Null without images.
    /// </summary>
    public double? CalibrationError { get; }

    /// <summary>
    /// The Brier score of the predicted class, from 0 to 1: the mean of (p - 1)² where it is right and p² where it is wrong. Probabilities
    /// of the other classes are not kept, so it is not the sum over all classes. Null without images.
    /// </summary>
    public double? Brier { get; }

    /// <summary>Computes it.</summary>
    /// <param name="predictions">What the job predicted.</param>
    /// <param name="split">One of its two splits.</param>
    public static SplitAnalysis Of(JobPredictions predictions, SplitPredictions split) => new([.. predictions.ClassNames], split);

    /// <summary>Images of one class that were taken for another, or for itself.</summary>
    /// <param name="label">The class.</param>
    /// <param name="predicted">What they were taken for.</param>
    public int Confused(int label, int predicted) => _counts.GetValueOrDefault((label, predicted));

    /// <summary>
    /// A row for each class, a column for what its images were taken for; null beyond <see cref="MatrixClasses"/>, where it would mostly
    /// hold zeros.
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
            // Whole numbers, since a bin's upper end belongs to it: ceil(p × 15) - 1 with p = kept / 65535.
            var bin = Math.Max(0, (((split.Confidence[i] * Bins) + ushort.MaxValue - 1) / ushort.MaxValue) - 1);
            sums[bin] += p;
            if (correct) right[bin]++;
            brier += correct ? (p - 1) * (p - 1) : p * p;
        }
        return (sums.Zip(right, (sum, hits) => Math.Abs(sum - hits)).Sum() / split.Count, brier / split.Count);
    }
}

/// <summary>How one class fared.</summary>
/// <param name="Label">The class.</param>
/// <param name="Name">Its name.</param>
/// <param name="Correct">Images of it that were classified right.</param>
/// <param name="Images">Images of it.</param>
/// <param name="Predicted">Images of any class that were taken for it.</param>
/// <param name="MostConfusedWith">The other class that most of its images were taken for (the first of several); null for none.</param>
public sealed record ClassAnalysis(int Label, string Name, int Correct, int Images, int Predicted, int? MostConfusedWith);
