using AdaptCluster.Contracts;
using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>
/// Stanford Cars. If the published split is missing, the lists are built from the annotations, and validation images are taken from the
/// training images.
/// </summary>
internal sealed class Cars : CoOpLayout
{
    private const string TrainImages = "cars_train";
    private const string TestImages = "cars_test";
    private const string Meta = "devkit/cars_meta.mat";

    /// <inheritdoc/>
    public override string Name => "stanford-cars";

    /// <inheritdoc/>
    public override string Folder => "stanford_cars";

    /// <inheritdoc/>
    public override string Images => "";

    /// <inheritdoc/>
    public override string SplitFile => "split_zhou_StanfordCars.json";

    /// <inheritdoc/>
    public override string[] Lists { get; } = ["devkit/cars_train_annos.mat", "cars_test_annos_withlabels.mat", Meta];

    /// <inheritdoc/>
    public override IEnumerable<string> Places => [TrainImages, TestImages];

    /// <inheritdoc/>
    public override string RightSign => TrainImages;

    /// <inheritdoc/>
    public override IReadOnlyList<(string Sign, string Advice)> WrongCopies =>
    [
        ("car_data", "the Kaggle copy, whose file names differ from those in the split; get the archive with cars_train and cars_test"),
        ("train", "a copy sorted into train and test, whose file names differ from those in the split; get the archive with "
            + "cars_train and cars_test"),
    ];

    /// <inheritdoc/>
    public override int Classes => 196;

    /// <inheritdoc/>
    public override (int Train, int? Validation, int Test) Counts => (6_509, 1_635, 8_041);

    /// <summary>
    /// Builds the lists from the annotations, whose labels start at 1. The year at the end of a class name is moved to the front.
    /// </summary>
    protected override ImageLists Build(CoOpFolder folder)
    {
        var names = MatFile.Read(folder.Bytes(Meta), folder.At(Meta), "class_names").RequireTexts(folder.At(Meta), "class_names")
            .Select(YearFirst).ToArray();
        var (train, validation) = SplitGenerator.TwoWays(List(folder, Lists[0], TrainImages, names), image => image.Label);
        return folder.Resolve(new ListedSplit(SplitOrigin.SelfMadeValidation, folder.At(Lists[0]), train, validation,
            List(folder, Lists[1], TestImages, names)));
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
                        $"{path}: annotations[{index}] is not a file name with a class from 1 to {names.Length}; copy the file again.")),
        ];
    }

    private static string YearFirst(string name) => name.LastIndexOf(' ') is var cut and > 0 ? $"{name[(cut + 1)..]} {name[..cut]}" : name;
}
