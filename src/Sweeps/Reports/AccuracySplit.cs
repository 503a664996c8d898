namespace AdaptCluster.Sweeps.Reports;

/// <summary>The accuracies that a table shows.</summary>
public enum AccuracySplit
{
    /// <summary>Test accuracy, which is never used to choose settings.</summary>
    Test,

    /// <summary>Validation accuracy, which is used to choose settings.</summary>
    Validation,

    /// <summary>Test accuracy, followed by validation accuracy.</summary>
    Both,
}
