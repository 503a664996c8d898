namespace AdaptCluster.Storage.Migrations;

/// <summary>Lists the migrations of this program, so that a store can be checked without loading EF Core.</summary>
internal static class Migrated
{
    /// <summary>The ids of the migrations, in order.</summary>
    public static readonly string[] Ids =
    [
        "001_store", "002_orleans", "003_pools", "004_checks", "005_page", "006_contents", "007_indices", "008_clusters",
        "009_order", "010_plan_format",
        "011_trainer", "012_moves", "013_listing", "014_audit", "015_retention", "016_labels", "017_targets",
        "018_trained",
    ];
}
