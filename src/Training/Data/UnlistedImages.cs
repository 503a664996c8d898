using System.IO.Enumeration;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data;

/// <summary>Finds images that are in a data set's folder but not in any of its lists.</summary>
internal static class UnlistedImages
{
    /// <summary>Returns the note on unlisted images, a sentence without a full stop; null if all images are listed.</summary>
    /// <param name="folder">The real path of the folder. Links in the folder are not followed, because they might form a cycle or lead to
    /// other data sets.</param>
    /// <param name="lists">The lists of the data set.</param>
    public static string? Note(string folder, ImageLists lists) => Note([folder], isBelow: true, lists);

    /// <summary>
    /// Returns the note on unlisted images for lists in a folder that may contain other data sets. Only folders that contain listed images
    /// are searched.
    /// </summary>
    /// <param name="lists">The lists of the data set.</param>
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
            return $"unlisted images could not be counted: {error.Message.ReplaceLineEndings(" ").TrimEnd('.')}";
        }
        return count == 0 ? null
            : $"{CountText.Of(count, "image is", "images are")} not in any list and not used, such as {first}";
    }

    private static FileSystemEnumerable<string> Images(string folder, bool isBelow)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = isBelow, AttributesToSkip = FileAttributes.ReparsePoint };
        return new FileSystemEnumerable<string>(folder, (ref entry) => entry.ToFullPath(), options)
        {
            ShouldIncludePredicate = (ref entry) =>
            {
                WorkProgress.Report();
                return !entry.IsDirectory && !entry.FileName.StartsWith('.') && ImageFile.HasImageExtension(entry.FileName);
            },
            ShouldRecursePredicate = (ref entry) =>
                FolderContent.IsWalked(entry.FileName) && !UnreadFiles.IsSystemFolder(entry.FileName.ToString()),
        };
    }
}
