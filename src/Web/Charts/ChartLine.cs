using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Web.Charts;

/// <summary>An arm's line in a chart over epochs, and the lines of the arm's jobs.</summary>
/// <param name="Label">The arm.</param>
/// <param name="Series">The 0-based index of the arm. It determines the line's colour and pattern.</param>
/// <param name="Points">The mean and standard deviation over the seeds, for each epoch.</param>
/// <param name="Jobs">The lines of the arm's jobs.</param>
public sealed record ChartLine(string Label, int Series, EpochMean[] Points, JobLine[] Jobs)
{
    /// <summary>The number of different colours. Further lines repeat the colours with a different pattern.</summary>
    public const int Colours = 6;

    /// <summary>Returns the CSS classes for a line.</summary>
    /// <param name="series">The 0-based index of the line.</param>
    public static string Class(int series) => $"line-{(series % Colours) + 1} pattern-{series / Colours % 3}";
}

/// <summary>A job's line in a chart over epochs.</summary>
/// <param name="Name">The job's description.</param>
/// <param name="Address">The path of the job's page.</param>
/// <param name="Points">The epochs, each with the value at the end of the epoch.</param>
public sealed record JobLine(string Name, string Address, (double Epoch, double Value)[] Points);
