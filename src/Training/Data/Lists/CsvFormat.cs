namespace AdaptCluster.Training.Data.Lists;

/// <summary>The format for data sets that are listed in a table with one line per image.</summary>
internal sealed class CsvFormat : ListFormat
{
    /// <inheritdoc/>
    public override string Name => "csv";

    /// <inheritdoc/>
    public override int Order => 3;

    /// <inheritdoc/>
    public override string Description => "a table with the columns path and class, and optionally split and label.";

    /// <inheritdoc/>
    protected override ListedSplit Read(string file) => SplitCsv.Read(file);
}
