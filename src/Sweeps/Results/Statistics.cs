using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Results;

/// <summary>
/// Mean and sample standard deviation of counts of right answers. Sums are of whole numbers, so that they do not depend on the order of the
/// runs, equal runs have a deviation of exactly 0, and a tie is a tie.
/// </summary>
public static class Statistics
{
    /// <summary>The test accuracy of runs.</summary>
    public static Accuracy OfTest(RunDigits[] runs) => Of([.. runs.Select(run => (run.TestCorrect, run.TestTotal))]);

    /// <summary>The validation accuracy of runs.</summary>
    public static Accuracy OfValidation(RunDigits[] runs) => Of([.. runs.Select(run => (run.ValidationCorrect, run.ValidationTotal))]);

    /// <summary>The runs in percent, their mean, and their standard deviation with n - 1; null where they are not defined.</summary>
    public static Accuracy Of((int Correct, int Total)[] runs)
    {
        var percents = runs.Select(run => Accuracy.Percent(run.Correct, run.Total)).ToArray();
        if (runs.Length == 0) return new Accuracy { Runs = percents };
        // All runs of a cell are measured on the same number of images.
        if (runs.Any(run => run.Total != runs[0].Total))
            throw new ArgumentException("Runs over different numbers of images have no common mean.", nameof(runs));
        var (count, total) = (runs.Length, (double)Math.Max(1, runs[0].Total));
        var sum = runs.Sum(run => (long)run.Correct);
        // n Σc² - (Σc)² is a whole number; decimal holds it for a thousand runs of two billion images.
        var spread = count * runs.Sum(run => (decimal)run.Correct * run.Correct) - (decimal)sum * sum;
        return new Accuracy
        {
            Mean = 100.0 * sum / (count * total),
            Std = count < 2 ? null : 100.0 * Math.Sqrt((double)spread / ((double)count * (count - 1))) / total,
            Runs = percents,
        };
    }
}
