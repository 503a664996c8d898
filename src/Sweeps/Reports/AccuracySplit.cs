namespace AdaptCluster.Sweeps.Reports;

/// <summary>Which accuracies a table shows.</summary>
public enum AccuracySplit
{
    /// <summary>Test accuracy, which no choice looks at.</summary>
    Test,

    /// <summary>Validation accuracy, by which settings are chosen.</summary>
    Validation,

    /// <summary>Test accuracy, and validation accuracy behind it.</summary>
    Both,
}
