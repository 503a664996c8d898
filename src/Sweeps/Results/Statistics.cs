using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Results;

/// <summary>
/// Computes the mean and sample standard deviation of accuracies from counts of correct predictions. All sums are integers. They therefore
/// do not depend on the order of the runs, equal runs have a deviation of exactly 0, and ties are exact.
/// </summary>
public static class Statistics
{
    /// <summary>Returns the test accuracy over the runs.</summary>
    public static Accuracy OfTest(RunDigits[] runs) => Of([.. runs.Select(run => (run.TestCorrect, run.TestTotal))]);

    /// <summary>Returns the validation accuracy over the runs.</summary>
    public static Accuracy OfValidation(RunDigits[] runs) => Of([.. runs.Select(run => (run.ValidationCorrect, run.ValidationTotal))]);

    /// <summary>
    /// Returns the accuracy of each run in percent, with the mean and the sample standard deviation (n - 1), which are null where
    /// undefined.
    /// </summary>
    public static Accuracy Of((int Correct, int Total)[] runs)
    {
        var percents = runs.Select(run => Accuracy.Percent(run.Correct, run.Total)).ToArray();
        if (runs.Length == 0) return new Accuracy { Runs = percents };
        // All runs of a cell are evaluated on the same number of images.
        if (runs.Any(run => run.Total != runs[0].Total))
            throw new ArgumentException("All runs must be evaluated on the same number of images.", nameof(runs));
        var (count, total) = (runs.Length, (double)Math.Max(1, runs[0].Total));
        var sum = runs.Sum(run => (long)run.Correct);
        // n Σc² - (Σc)² is an integer; decimal can hold it for a thousand runs of two billion images.
        var spread = count * runs.Sum(run => (decimal)run.Correct * run.Correct) - (decimal)sum * sum;
        return new Accuracy
        {
            Mean = 100.0 * sum / (count * total),
            Std = count < 2 ? null : 100.0 * Math.Sqrt((double)spread / ((double)count * (count - 1))) / total,
            Runs = percents,
        };
    }
}
