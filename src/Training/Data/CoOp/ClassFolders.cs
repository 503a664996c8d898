using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>Lists of data sets with one folder of images per class, split 50/20/30 where the published split is missing.</summary>
internal static class ClassFolders
{
    private static readonly string[] CaltechIgnored = ["BACKGROUND_Google", "Faces_easy"];

    private static readonly Dictionary<string, string> CaltechNames = new()
    {
        ["airplanes"] = "airplane",
        ["Faces"] = "face",
        ["Leopards"] = "leopard",
        ["Motorbikes"] = "motorbike",
    };

    private static readonly Dictionary<string, string> EuroSatNames = new()
    {
        ["AnnualCrop"] = "Annual Crop Land",
        ["Forest"] = "Forest",
        ["HerbaceousVegetation"] = "Herbaceous Vegetation Land",
        ["Highway"] = "Highway or Road",
        ["Industrial"] = "Industrial Buildings",
        ["Pasture"] = "Pasture Land",
        ["PermanentCrop"] = "Permanent Crop Land",
        ["Residential"] = "Residential Buildings",
        ["River"] = "River",
        ["SeaLake"] = "Sea or Lake",
    };

    /// <summary>Class names are the folders'.</summary>
    public static ImageLists Plain(CoOpFolder folder) => Read(folder, [], []);

    /// <summary>Labels go by the folders, before four of them get other names.</summary>
    public static ImageLists Caltech(CoOpFolder folder) => Read(folder, CaltechIgnored, CaltechNames);

    /// <summary>Class names are CoOp's.</summary>
    public static ImageLists EuroSat(CoOpFolder folder) => Read(folder, [], EuroSatNames);

    /// <summary>Whether a folder of Caltech101 belongs to no class.</summary>
    public static bool IsIgnored(string folder) => CaltechIgnored.Contains(folder);

    private static ImageLists Read(CoOpFolder folder, string[] ignored, Dictionary<string, string> names)
    {
        var place = folder.ImagesPlace;
        var files = new ImageFolder(folder.Root, place);
        string[] classes = [.. files.SubFolders(split: null).Except(ignored)];
        if (classes.Length < 2)
        {
            throw new InvalidInputException($"{place} has {CountText.Of(classes.Length, "class folder")}; "
                + $"the folders of {folder.Layout.Classes} classes expected.");
        }
        var images = files.Images(split: null, classes);
        foreach (var (label, count) in images.CountBy(entry => entry.Label))
        {
            if (count >= OwnSplit.FewestImages) continue;
            throw new InvalidInputException($"{Path.Combine(place, classes[label])} has {CountText.Of(count, "image")}; "
                + $"to be split, a class needs at least {OwnSplit.FewestImages}.");
        }
        var (train, validation, test) = OwnSplit.ThreeWays(images, entry => entry.Label);
        string[] classNames = [.. classes.Select(name => names.GetValueOrDefault(name, name))];
        return new ImageLists(SplitOrigin.SelfMade, classNames, train, validation, test) { Notes = files.Unread.Notes() };
    }
}
