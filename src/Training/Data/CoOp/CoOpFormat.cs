using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>The data sets of the CoOp family, in the folders that its users have.</summary>
internal sealed class CoOpFormat : LayoutFormat
{
    private const string Id = "coop";

    /// <inheritdoc/>
    public override string Name => Id;

    /// <inheritdoc/>
    public override int Order => 1;

    /// <inheritdoc/>
    protected override IReadOnlyList<CoOpLayout> Layouts => CoOpLayouts.All;

    /// <summary>The family's name of a data set; null for one that is none of the family's, whatever it is called.</summary>
    public static string? NameOf(DatasetSource dataset) => dataset.Format == Id ? dataset.Name : null;
}
