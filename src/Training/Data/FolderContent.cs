using System.IO.Enumeration;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Data;

/// <summary>The images below a folder.</summary>
/// <param name="Images">How many.</param>
/// <param name="First">The first of them in ordinal order.</param>
/// <param name="Unknown">Why they are not known; null where they are.</param>
internal sealed record FolderContent(int Images, string? First, string? Unknown)
{
    // Links may lead around in a circle or to other data sets.
    private static readonly EnumerationOptions Below = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>
    /// Whether a folder is searched. The histories and snapshots that <c>.git</c>, <c>.snapshot</c> and <c>#recycle</c> hold may be
    /// larger than the data.
    /// </summary>
    public static bool IsWalked(ReadOnlySpan<char> name) => name is not ['.' or '#', ..];

    /// <summary>All files below a folder, without links and without what is not searched.</summary>
    public static IEnumerable<string> Files(string path) =>
        new FileSystemEnumerable<string>(path, (ref entry) => entry.ToFullPath(), Below)
        {
            ShouldIncludePredicate = (ref entry) =>
            {
                // A tree on a slow share is walked for minutes.
                LongWork.Moved();
                return !entry.IsDirectory;
            },
            ShouldRecursePredicate = (ref entry) => IsWalked(entry.FileName),
        };

    /// <summary>Looks at a folder, without following links.</summary>
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
