using AdaptCluster.Contracts;

namespace AdaptCluster.Plots;

/// <summary>Plots the training loss and the training accuracy of arms over epochs or iterations.</summary>
public static class CurvesPlot
{
    /// <summary>Draws the figure. Each data set has a row with a panel for the loss and a panel for the accuracy.</summary>
    /// <param name="arms">The arms.</param>
    /// <param name="iterations">Whether the x-axis shows iterations instead of epochs.</param>
    /// <exception cref="AdaptClusterException">No arm has a finished epoch.</exception>
    public static Figure Draw(ArmRuns[] arms, bool iterations) => EpochPanels.Draw(arms,
    [
        new(null, "training loss", epoch => epoch.Loss), new(null, "training accuracy (%)", epoch => epoch.TrainAccuracy),
    ], iterations, panelWidth: 420);
}
