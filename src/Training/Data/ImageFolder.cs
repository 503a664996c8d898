using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data;

/// <summary>One image file of a folder data set.</summary>
/// <param name="RelativePath">Relative to the data set's folder, with forward slashes.</param>
/// <param name="RealPath">Where it is, without links.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="LastWrite">When it was last written to, in UTC.</param>
/// <param name="Label">Its 0-based class.</param>
internal sealed record ImageEntry(string RelativePath, string RealPath, long Bytes, DateTime LastWrite, int Label);

/// <summary>Lists folders of one folder per class: everything in ordinal order of names, so that all machines see the same lists.</summary>
/// <param name="root">What links must not leave.</param>
/// <param name="folder">The data set's folder.</param>
internal sealed class ImageFolder(RootedPath root, string folder)
{
    /// <summary>Names of the sub-folders, hidden ones left out.</summary>
    /// <param name="split">The split's folder; null for the data set's own.</param>
    public string[] SubFolders(string? split) =>
        [.. Names(Place(split), Directory.EnumerateDirectories).Where(name => !name.StartsWith('.') && name != "__MACOSX")];

    /// <summary>The images of all classes, class by class.</summary>
    /// <param name="split">The split's folder; null for the data set's own.</param>
    /// <param name="classNames">The folders of the classes, in label order.</param>
    /// <exception cref="InvalidInputException">A class has no images or cannot be read, or something is a link out of the root.</exception>
    public List<ImageEntry> Images(string? split, IReadOnlyList<string> classNames)
    {
        var entries = new List<ImageEntry>();
        for (var label = 0; label < classNames.Count; label++)
        {
            var name = classNames[label];
            var place = root.Contained(Path.Combine(Place(split), name));
            var before = entries.Count;
            foreach (var file in Names(place, Directory.EnumerateFiles).Where(IsImage))
            {
                var found = Locate(Path.Combine(place, file));
                var relative = split is null ? $"{name}/{file}" : $"{split}/{name}/{file}";
                entries.Add(new ImageEntry(relative, found.FullName, found.Length, found.LastWriteTimeUtc, label));
            }
            if (entries.Count == before)
            {
                throw new InvalidInputException(
                    $"{Path.Combine(Place(split), name)} has no images (.jpg, .jpeg, .png, .webp, .bmp); fill or remove the class.");
            }
        }
        return entries;
    }

    private static bool IsImage(string name) => !name.StartsWith('.') && ImageFile.HasImageExtension(name);

    private FileInfo Locate(string path)
    {
        var file = new FileInfo(path);
        // The class's folder is resolved already; a set of a million files should not resolve it for each of them again.
        if (file.LinkTarget is not null)
        {
            file = new FileInfo(root.Contained(path));
            if (!file.Exists)
                throw new InvalidInputException($"{path} is a link to {file.FullName}, which does not exist; remove the link.");
        }
        if (file.Length == 0 && FileKind.Problem(file.FullName) is { } problem)
            throw new InvalidInputException($"{path} {problem}; remove it.");
        return file;
    }

    private static IEnumerable<string> Names(string place, Func<string, IEnumerable<string>> list)
    {
        try
        {
            return [.. list(place).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{place} cannot be listed: {error.Message}", error);
        }
    }

    private string Place(string? split) => root.Contained(split is null ? folder : Path.Combine(folder, split));
}
