using AdaptCluster.Contracts;
using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>Stanford Cars from its annotations, validation images split off where the published split is missing.</summary>
internal static class Cars
{
    private const string Meta = "devkit/cars_meta.mat";

    /// <summary>The files that it needs.</summary>
    public static string[] Files { get; } = ["devkit/cars_train_annos.mat", "cars_test_annos_withlabels.mat", Meta];

    /// <summary>Labels count from 1; in class names the year moves from the end to the front.</summary>
    public static ImageLists Read(CoOpFolder folder)
    {
        var names = MatFile.Read(folder.Bytes(Meta), folder.At(Meta), "class_names").RequireTexts(folder.At(Meta), "class_names")
            .Select(YearFirst).ToArray();
        var (train, validation) = OwnSplit.TwoWays(List(folder, Files[0], "cars_train", names), image => image.Label);
        return folder.Resolve(new ListedSplit(SplitOrigin.SelfMadeValidation, folder.At(Files[0]), train, validation,
            List(folder, Files[1], "cars_test", names)));
    }

    private static ListedImage[] List(CoOpFolder folder, string file, string images, string[] names)
    {
        var path = folder.At(file);
        var annotations = MatFile.Read(folder.Bytes(file), path, "annotations");
        var files = annotations.RequireField(path, "annotations", "fname");
        var classes = annotations.RequireField(path, "annotations", "class");
        return
        [
            .. files.Zip(classes, (image, label) => (image.Text, label.Numbers)).Select((item, index) =>
                item is ({ } image, [>= 1 and var label]) && label <= names.Length && label == Math.Floor(label)
                    ? new ListedImage($"{images}/{image}", (int)label - 1, names[(int)label - 1])
                    : throw new InvalidInputException(
                        $"{path}: annotations[{index}] has no file name with a class from 1 to {names.Length}; copy the file again.")),
        ];
    }

    private static string YearFirst(string name) => name.LastIndexOf(' ') is var cut and > 0 ? $"{name[(cut + 1)..]} {name[..cut]}" : name;
}
