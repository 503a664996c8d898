using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Web.Charts;

/// <summary>The line of an arm over epochs, and the lines of its jobs.</summary>
/// <param name="Label">The arm.</param>
/// <param name="Series">The number of the arm among all, from 0. It gives the line's colour and pattern.</param>
/// <param name="Points">Means and standard deviations over the seeds.</param>
/// <param name="Jobs">The jobs.</param>
public sealed record ChartLine(string Label, int Series, EpochMean[] Points, JobLine[] Jobs)
{
    /// <summary>The number of colours; further lines have another pattern.</summary>
    public const int Colours = 6;

    /// <summary>The CSS classes of a line.</summary>
    /// <param name="series">The number of the line, from 0.</param>
    public static string Class(int series) => $"line-{(series % Colours) + 1} pattern-{series / Colours % 3}";
}

/// <summary>The line of one job over epochs.</summary>
/// <param name="Name">Its description.</param>
/// <param name="Address">The address of its page.</param>
/// <param name="Points">Epochs with the values after them.</param>
public sealed record JobLine(string Name, string Address, (double Epoch, double Value)[] Points);
