using System.IO.Enumeration;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data;

/// <summary>
/// Lists a data set that has one folder per class. All lists are sorted by name in ordinal order, so they are the same on all machines.
/// </summary>
/// <param name="root">The data roots that links must not lead out of.</param>
/// <param name="folder">The data set's folder.</param>
internal sealed class ImageFolder(RootedPath root, string folder)
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>The files and folders that were found but not read.</summary>
    public UnreadFiles Unread { get; } = new();

    /// <summary>Returns the names of the sub-folders, except those that operating systems and tools create.</summary>
    /// <param name="split">The name of the split's folder; null for the data set's folder itself.</param>
    public string[] SubFolders(string? split)
    {
        var place = Place(split);
        // A broken link is listed as a file, but it could be a class whose folder was moved.
        foreach (var path in Names(place, Directory.EnumerateFiles).Where(name => !name.StartsWith('.'))
            .Select(name => Path.Combine(place, name)))
            if (new FileInfo(path).LinkTarget is not null) RootedPath.RequireWhole(path);
        var names = Names(place, Directory.EnumerateDirectories).ToLookup(IsRead);
        foreach (var name in names[false]) Unread.AddFolder(Path.Combine(place, name));
        return [.. names[true]];
    }

    /// <summary>
    /// Returns the names of the folders in a sub-folder, without recording skipped folders. Returns an empty array if the sub-folder cannot
    /// be listed.
    /// </summary>
    /// <param name="path">The path relative to the data set's folder.</param>
    /// <exception cref="InvalidInputException">A link leads out of the root.</exception>
    public string[] SubFolderNames(string path)
    {
        var place = root.Contained(Path.Combine(folder, path));
        try
        {
            var names = new FileSystemEnumerable<string>(place, (ref entry) => entry.FileName.ToString(), Everything)
            {
                ShouldIncludePredicate = (ref entry) =>
                {
                    WorkProgress.Report();
                    return entry.IsDirectory;
                },
            };
            return [.. names.Where(IsRead).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Listing its images fails too, and that error gives the reason.
            return [];
        }
    }

    /// <summary>Whether a sub-folder contains images but no folders.</summary>
    /// <param name="name">The sub-folder's name in the data set's folder.</param>
    /// <exception cref="InvalidInputException">A link leads out of the root.</exception>
    public bool HasImagesOnly(string name)
    {
        var place = root.Contained(Path.Combine(folder, name));
        return Names(place, Directory.EnumerateFiles).Any(file => ImageFile.HasImageExtension(file)) && SubFolderNames(name).Length == 0;
    }

    /// <summary>Returns the names of the files in the data set's folder.</summary>
    public IEnumerable<string> Files() => Names(Place(split: null), Directory.EnumerateFiles);

    private static bool IsRead(string name) => !UnreadFiles.IsSystemFolder(name) && UnreadFiles.IsText(name);

    /// <summary>Records images that are next to the class folders rather than inside them.</summary>
    /// <param name="split">The name of the split's folder; null for the data set's folder itself.</param>
    /// <param name="where">The text that describes the images' location in the note.</param>
    public void AddStrays(string? split, string where)
    {
        var place = Place(split);
        foreach (var stray in Names(place, Directory.EnumerateFiles).Where(name => ImageFile.HasImageExtension(name)))
            Unread.AddStray(Path.Combine(place, stray), where);
    }

    /// <summary>Lists the images of all classes, class by class.</summary>
    /// <param name="split">The name of the split's folder; null for the data set's folder itself.</param>
    /// <param name="classNames">The names of the class folders, in label order.</param>
    /// <exception cref="InvalidInputException">A class has no images or cannot be read, or a link leads out of the root.</exception>
    public List<ImageEntry> Images(string? split, IReadOnlyList<string> classNames) => Images(split, Classes(split, classNames));

    /// <summary>Lists the contents of the class folders. Each folder is listed only once, because it may contain a million files.</summary>
    /// <param name="split">The name of the split's folder; null for the data set's folder itself.</param>
    /// <param name="classNames">The names of the class folders, in label order.</param>
    /// <exception cref="InvalidInputException">A folder cannot be read, or a link leads out of the root.</exception>
    public ClassFolder[] Classes(string? split, IReadOnlyList<string> classNames)
    {
        var place = Place(split);
        return [.. classNames.Select((name, label) => Class(
            name, new ImageDirectory(split is null ? name : $"{split}/{name}", root.Contained(Path.Combine(place, name))), label))];
    }

    /// <summary>Lists the images of all classes, class by class.</summary>
    /// <param name="split">The name of the split's folder; null for the data set's folder itself.</param>
    /// <param name="classes">The contents of the class folders, in label order.</param>
    /// <exception cref="InvalidInputException">A class has no images.</exception>
    public List<ImageEntry> Images(string? split, IReadOnlyList<ClassFolder> classes)
    {
        AddStrays(split, "next to the class folders");
        if (classes.FirstOrDefault(found => found.Images.Count == 0) is { } empty)
        {
            var below = FolderContent.Of(empty.Place.RealPath);
            throw new InvalidInputException($"{Path.Combine(Place(split), empty.Name)} has no images ({ImageFile.ExtensionList})"
                + (below.Images == 0 ? "; add images or remove the folder." : $", but the folders below it contain {below}; move them "
                + "up, or specify the folder that contains the classes."));
        }
        return [.. classes.SelectMany(found => found.Images)];
    }

    // Each file is examined only once, because a data set may have a million files.
    private ClassFolder Class(string name, ImageDirectory place, int label)
    {
        var found = new ClassFolder(name, place, [], []);
        try
        {
            found.Images.AddRange(
                new FileSystemEnumerable<ImageEntry>(place.RealPath, (ref entry) => Entry(place, label, ref entry), Everything)
                {
                    ShouldIncludePredicate = (ref entry) => IsImage(found, ref entry),
                });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{place.RealPath} cannot be listed: {error.Message}", error);
        }
        found.Images.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        found.SubFolders.Sort(StringComparer.Ordinal);
        return found;
    }

    private bool IsImage(ClassFolder found, ref FileSystemEntry entry)
    {
        if (!entry.IsDirectory && !entry.FileName.StartsWith('.') && !entry.FileName.Contains('\ufffd')
            && ImageFile.HasImageExtension(entry.FileName))
            return true;
        WorkProgress.Report();
        if (!entry.IsDirectory)
        {
            Unread.AddFile(entry.ToFullPath());
            return false;
        }
        Unread.AddNested(entry.ToFullPath());
        if (entry.FileName.ToString() is var name && IsRead(name)) found.SubFolders.Add(name);
        return false;
    }

    /// <summary>Returns the image at a location; null if the file does not exist.</summary>
    public ImageEntry? Find(ImageDirectory place, string name, int label)
    {
        var path = Path.Combine(place.RealPath, name);
        var file = new FileInfo(path);
        if (file.LinkTarget is not null) return Linked(place, name, label);
        return file.Exists ? Checked(new ImageEntry(place, name, null, file.Length, file.LastWriteTimeUtc, label)) : null;
    }

    private ImageEntry Entry(ImageDirectory place, int label, ref FileSystemEntry entry) =>
        entry.Attributes.HasFlag(FileAttributes.ReparsePoint)
        ? Linked(place, entry.FileName.ToString(), label)
        : Checked(new ImageEntry(place, entry.FileName.ToString(), null, entry.Length, entry.LastWriteTimeUtc.UtcDateTime, label));

    private ImageEntry Linked(ImageDirectory place, string name, int label)
    {
        var file = new FileInfo(root.Contained(Path.Combine(place.RealPath, name)));
        return Checked(new ImageEntry(place, name, file.FullName, file.Length, file.LastWriteTimeUtc, label));
    }

    private static ImageEntry Checked(ImageEntry entry)
    {
        // Listing a folder of a million images on a slow network share can take minutes.
        WorkProgress.Report();
        return entry.Bytes == 0 && FileKind.Problem(entry.RealPath) is { } problem
            ? throw new InvalidInputException($"{Path.Combine(entry.Directory.RealPath, entry.Name)} {problem}; remove it.")
            : entry;
    }

    private static IEnumerable<string> Names(string place, Func<string, IEnumerable<string>> list)
    {
        try
        {
            return [.. list(place).Select(Moved).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{place} cannot be listed: {error.Message}", error);
        }
    }

    private static string Moved(string path)
    {
        WorkProgress.Report();
        return Path.GetFileName(path);
    }

    private string Place(string? split) => root.Contained(split is null ? folder : Path.Combine(folder, split));
}
