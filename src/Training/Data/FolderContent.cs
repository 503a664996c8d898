using System.IO.Enumeration;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Data;

/// <summary>The result of counting the images in a folder and its sub-folders.</summary>
/// <param name="Images">The number of images.</param>
/// <param name="First">The first image in ordinal order.</param>
/// <param name="Unknown">The reason why the images were not counted; null if they were counted.</param>
internal sealed record FolderContent(int Images, string? First, string? Unknown)
{
    // Links may form a cycle or lead to other data sets.
    private static readonly EnumerationOptions Below = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>
    /// Whether a folder is searched. Folders such as <c>.git</c>, <c>.snapshot</c> and <c>#recycle</c> are skipped, because they can be
    /// larger than the data.
    /// </summary>
    public static bool IsWalked(ReadOnlySpan<char> name) => name is not ['.' or '#', ..];

    /// <summary>Returns all files below a folder, without following links or entering folders that are not searched.</summary>
    public static IEnumerable<string> Files(string path) =>
        new FileSystemEnumerable<string>(path, (ref entry) => entry.ToFullPath(), Below)
        {
            ShouldIncludePredicate = (ref entry) =>
            {
                // Walking a tree on a slow network share can take minutes.
                WorkProgress.Report();
                return !entry.IsDirectory;
            },
            ShouldRecursePredicate = (ref entry) => IsWalked(entry.FileName),
        };

    /// <summary>Counts the images below a folder, without following links.</summary>
    public static FolderContent Of(string path)
    {
        if (!UnreadFiles.IsText(Path.GetFileName(path))) return new FolderContent(0, null, "its name is not UTF-8");
        if (new DirectoryInfo(path).LinkTarget is not null) return new FolderContent(0, null, "it is a link");
        if (!IsWalked(Path.GetFileName(path))) return new FolderContent(0, null, "its images are not counted");
        try
        {
            var (count, first) = (0, (string?)null);
            foreach (var image in Files(path).Where(file => ImageFile.HasImageExtension(file)))
            {
                count++;
                if (first is null || string.CompareOrdinal(image, first) < 0) first = image;
            }
            return new FolderContent(count, first, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new FolderContent(0, null, error.Message.ReplaceLineEndings(" ").TrimEnd('.'));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Unknown ?? (Images == 0 ? "no images"
        : $"{CountText.Of(Images, "image")}, such as {QuotedText.Of(First!)}");
}
