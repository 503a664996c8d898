using AdaptCluster.Contracts;

namespace AdaptCluster.Plots;

/// <summary>Plots the training loss and the training accuracy of arms over epochs or iterations.</summary>
public static class CurvesPlot
{
    /// <summary>Draws the figure: a row per data set with its loss and its accuracy.</summary>
    /// <param name="arms">The arms.</param>
    /// <param name="iterations">Whether the x-axis counts iterations instead of epochs.</param>
    /// <exception cref="AdaptClusterException">No arm has an epoch.</exception>
    public static Figure Draw(ArmRuns[] arms, bool iterations) => EpochPanels.Draw(arms,
    [
        new(null, "training loss", epoch => epoch.Loss), new(null, "training accuracy (%)", epoch => epoch.TrainAccuracy),
    ], iterations, panelWidth: 420);
}
