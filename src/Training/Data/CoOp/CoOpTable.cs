using System.Globalization;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>Generates the table of the CoOp family's data sets in docs/users/datasets.md.</summary>
public static class CoOpTable
{
    /// <summary>Returns the table as Markdown.</summary>
    public static string Text() => MethodTables.Table(
        ["name", "folder", "images under", "published split", "without it", "classes", "train / validation / test"],
        CoOpLayouts.All.Select(layout => (string[])
        [
            Code(layout.Name), Code(layout.Folder), string.Join(", ", layout.Places.Select(Code)),
            layout.SplitFile is { } split ? Code(split) : "none", (layout.SplitFile is null ? "always " : "") + layout.Sources,
            Number(layout.Classes),
            $"{Number(layout.Counts.Train)} / {(layout.Counts.Validation is { } count ? Number(count) : "none")} / "
                + Number(layout.Counts.Test),
        ]));

    private static string Code(string text) => $"`{text}`";

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
