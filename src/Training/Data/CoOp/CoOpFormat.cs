using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>The format for the CoOp family's data sets, in the folder layout that CoOp documents.</summary>
internal sealed class CoOpFormat : LayoutFormat
{
    private const string Id = "coop";

    /// <inheritdoc/>
    public override string Name => Id;

    /// <inheritdoc/>
    public override int Order => 1;

    /// <inheritdoc/>
    protected override IReadOnlyList<CoOpLayout> Layouts => CoOpLayouts.All;

    /// <summary>Returns the CoOp name of a data set; null for a data set in a different format, even if the name is the same.</summary>
    public static string? NameOf(DatasetSource dataset) => dataset.Format == Id ? dataset.Name : null;
}
