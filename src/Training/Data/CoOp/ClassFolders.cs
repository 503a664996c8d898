using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>A data set with one folder of images per class. If the published split is missing, the images are split 50/20/30.</summary>
internal abstract class ClassFolders : CoOpLayout
{
    /// <inheritdoc/>
    public override string Sources =>
        Ignored.Count == 0 ? "the folders" : $"the folders, without {string.Join(" and ", Ignored.Select(name => $"`{name}`"))}";

    /// <summary>The names of folders that are not classes. The default is empty.</summary>
    protected virtual IReadOnlyCollection<string> Ignored => [];

    /// <summary>
    /// The class names that CoOp uses instead of folder names, keyed by folder name. Labels follow the order of the folders. The default is
    /// empty.
    /// </summary>
    protected virtual IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    protected override ImageLists Build(CoOpFolder folder)
    {
        var place = folder.ImagesPlace;
        var files = new ImageFolder(folder.Root, place);
        string[] classes = [.. files.SubFolders(split: null).Except(Ignored)];
        if (classes.Length < 2)
        {
            throw new InvalidInputException($"{place} has {CountText.Of(classes.Length, "class folder")}; "
                + $"expected {Classes} class folders.");
        }
        var images = files.Images(split: null, classes);
        foreach (var (label, count) in images.CountBy(entry => entry.Label))
        {
            if (count >= SplitGenerator.FewestImages) continue;
            throw new InvalidInputException($"{Path.Combine(place, classes[label])} has {CountText.Of(count, "image")}; "
                + $"a class needs at least {SplitGenerator.FewestImages} images to be split.");
        }
        var (train, validation, test) = SplitGenerator.ThreeWays(images, entry => entry.Label);
        string[] classNames = [.. classes.Select(name => Names.GetValueOrDefault(name, name))];
        return new ImageLists(SplitOrigin.SelfMade, classNames, train, validation, test) { Notes = files.Unread.Notes() };
    }
}
