using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>The data sets of the CoOp family, in the folder layout that CoOp documents.</summary>
internal sealed class CoOpFormat : LayoutFormat
{
    private const string Id = "coop";

    /// <inheritdoc/>
    public override string Name => Id;

    /// <inheritdoc/>
    public override int Order => 1;

    /// <inheritdoc/>
    protected override IReadOnlyList<CoOpLayout> Layouts => CoOpLayouts.All;

    /// <summary>The CoOp name of a data set; null for a data set of another format, whatever its name.</summary>
    public static string? NameOf(DatasetSource dataset) => dataset.Format == Id ? dataset.Name : null;
}
