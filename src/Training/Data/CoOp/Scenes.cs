using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>SUN397 from its first partition, validation images split off where the published split is missing.</summary>
internal static class Scenes
{
    /// <summary>The files that it needs.</summary>
    public static string[] Files { get; } = ["ClassName.txt", "Training_01.txt", "Testing_01.txt"];

    /// <summary>Labels are line numbers of ClassName.txt; "/a/apse/indoor" is the class "indoor apse".</summary>
    public static ImageLists Read(CoOpFolder folder)
    {
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (line, index) in folder.Lines(Files[0]).Select((line, index) => (line, index)))
            if (!labels.TryAdd(line, index)) throw folder.Refused(Files[0], index, $"'{line}' stands there twice");
        var (train, validation) = OwnSplit.TwoWays(List(folder, Files[1], labels), image => image.Label);
        return folder.Resolve(new ListedSplit(SplitOrigin.SelfMadeValidation, folder.At(Files[1]), train, validation,
            List(folder, Files[2], labels)));
    }

    private static ListedImage[] List(CoOpFolder folder, string file, Dictionary<string, int> labels) =>
    [
        .. folder.Lines(file).Select((line, index) =>
            line.LastIndexOf('/') is var cut and > 0 && labels.TryGetValue(line[..cut], out var label)
                ? new ListedImage(line[1..], label, ClassName(line[..cut]))
                : throw folder.Refused(file, index, $"'{line}' lies in no folder of {Files[0]}")),
    ];

    private static string ClassName(string folder) =>
        string.Join(' ', folder.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(1).Reverse());
}
