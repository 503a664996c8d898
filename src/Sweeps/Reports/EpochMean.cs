namespace AdaptCluster.Sweeps.Reports;

/// <summary>The mean of a measure over the seeds of an arm after one epoch.</summary>
/// <param name="Epoch">The epoch, counted from 1.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Std">The sample standard deviation (n - 1); 0 with one run.</param>
public sealed record EpochMean(int Epoch, double Mean, double Std)
{
    /// <summary>
    /// Returns the mean over the runs for each epoch that all of them have finished, because the mean would jump if a run dropped out. Runs
    /// without a finished epoch are ignored.
    /// </summary>
    /// <typeparam name="T">The type that represents an epoch.</typeparam>
    /// <param name="runs">The finished epochs of each run, in order. All runs have the same epochs, but may have finished different numbers
    /// of them.</param>
    /// <param name="number">A function that returns the number of an epoch, counted from 1.</param>
    /// <param name="measure">A function that returns the measure of an epoch, such as the loss.</param>
    public static EpochMean[] Of<T>(IEnumerable<T[]> runs, Func<T, int> number, Func<T, double> measure)
    {
        var begun = runs.Where(run => run.Length > 0).ToArray();
        if (begun.Length == 0) return [];
        return
        [
            .. Enumerable.Range(0, begun.Min(run => run.Length)).Select(i =>
            {
                double[] values = [.. begun.Select(run => measure(run[i]))];
                var mean = values.Average();
                var std = values.Length < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
                return new EpochMean(number(begun[0][i]), mean, std);
            }),
        ];
    }
}
