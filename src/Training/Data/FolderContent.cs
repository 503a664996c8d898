using AdaptCluster.Contracts;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Data;

/// <summary>The images below a folder.</summary>
/// <param name="Images">How many.</param>
/// <param name="First">The first of them in ordinal order.</param>
/// <param name="Unknown">Why they are not known; null where they are.</param>
internal sealed record FolderContent(int Images, string? First, string? Unknown)
{
    /// <summary>All that lies below a folder, without links, which may lead around in a circle or to other data sets.</summary>
    public static readonly EnumerationOptions Below = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>Looks at a folder, without following links.</summary>
    public static FolderContent Of(string path)
    {
        if (!UnreadFiles.IsText(Path.GetFileName(path))) return new FolderContent(0, null, "its name is not UTF-8");
        if (new DirectoryInfo(path).LinkTarget is not null) return new FolderContent(0, null, "it is a link");
        try
        {
            var (count, first) = (0, (string?)null);
            foreach (var image in Directory.EnumerateFiles(path, "*", Below).Where(file => ImageFile.HasImageExtension(file)))
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
        : $"{CountText.Of(Images, "image")}, such as {VocabularyFiles.Quote(First!)}");
}
