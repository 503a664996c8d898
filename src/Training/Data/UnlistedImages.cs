using System.IO.Enumeration;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data;

/// <summary>Finds images that lie in a data set's folder and in none of its lists.</summary>
internal static class UnlistedImages
{
    /// <summary>The note; a sentence without a full stop, or null where there are none.</summary>
    /// <param name="folder">The folder, without links. Links in it are not followed: they may lead in a circle or to other sets.</param>
    /// <param name="lists">The lists.</param>
    public static string? Note(string folder, ImageLists lists) => Note([folder], isBelow: true, lists);

    /// <summary>
    /// The note on lists of a folder that may hold other data sets: only the folders that listed images lie in are looked at.
    /// </summary>
    /// <param name="lists">The lists.</param>
    public static string? NoteBeside(ImageLists lists) =>
        Note(lists.Entries().Select(image => image.Entry.Directory.RealPath).Distinct(StringComparer.Ordinal), isBelow: false, lists);

    private static string? Note(IEnumerable<string> folders, bool isBelow, ImageLists lists)
    {
        var listed = lists.Entries().Select(image => image.Entry.RealPath).ToHashSet(StringComparer.Ordinal);
        var (count, first) = (0, "");
        try
        {
            foreach (var path in folders.SelectMany(folder => Images(folder, isBelow)).Where(path => !listed.Contains(path)))
            {
                if (count++ == 0 || string.CompareOrdinal(path, first) < 0) first = path;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"images that are in no list are not counted: {error.Message.ReplaceLineEndings(" ").TrimEnd('.')}";
        }
        return count == 0 ? null
            : $"{CountText.Of(count, "image is", "images are")} in no list and not used, such as {first}";
    }

    private static FileSystemEnumerable<string> Images(string folder, bool isBelow)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = isBelow, AttributesToSkip = FileAttributes.ReparsePoint };
        return new FileSystemEnumerable<string>(folder, (ref entry) => entry.ToFullPath(), options)
        {
            ShouldIncludePredicate = (ref entry) =>
            {
                LongWork.Moved();
                return !entry.IsDirectory && !entry.FileName.StartsWith('.') && ImageFile.HasImageExtension(entry.FileName);
            },
            ShouldRecursePredicate = (ref entry) =>
                FolderContent.IsWalked(entry.FileName) && !UnreadFiles.IsSystemFolder(entry.FileName.ToString()),
        };
    }
}
