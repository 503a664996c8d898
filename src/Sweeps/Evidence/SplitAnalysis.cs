namespace AdaptCluster.Sweeps.Evidence;

/// <summary>What follows from the predictions of one split.</summary>
public sealed record SplitAnalysis
{
    /// <summary>Bins of the calibration error, of equal width.</summary>
    public const int Bins = 15;

    private SplitAnalysis(string[] classNames, SplitPredictions split)
    {
        (ClassNames, Split) = (classNames, split);
        Confusion = new int[classNames.Length][];
        for (var row = 0; row < Confusion.Length; row++) Confusion[row] = new int[classNames.Length];
        for (var i = 0; i < split.Count; i++) Confusion[split.Labels[i]][split.Predicted[i]]++;
        Classes = [.. classNames.Select((name, label) => new ClassAnalysis(label, name, Confusion[label][label], Confusion[label].Sum(),
            Confusion.Sum(row => row[label]), MostConfused(label)))];
        Misclassified = [.. Enumerable.Range(0, split.Count).Where(i => split.Labels[i] != split.Predicted[i])];
        (CalibrationError, Brier) = Calibration(split);
    }

    /// <summary>Names in label order.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The predictions.</summary>
    public SplitPredictions Split { get; }

    /// <summary>Images by their class and, in each row, by the class predicted.</summary>
    public int[][] Confusion { get; }

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

    private int? MostConfused(int label)
    {
        var wrong = Enumerable.Range(0, Confusion.Length).Where(other => other != label && Confusion[label][other] > 0).ToArray();
        return wrong.Length == 0 ? null : wrong.MaxBy(other => Confusion[label][other]);
    }

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
