namespace AdaptCluster.Sweeps.Reports;

/// <summary>Which accuracies a table shows.</summary>
public enum AccuracySplit
{
    /// <summary>Test accuracy, which is never used to choose.</summary>
    Test,

    /// <summary>Validation accuracy, by which settings are chosen.</summary>
    Validation,

    /// <summary>Test accuracy, followed by validation accuracy.</summary>
    Both,
}
