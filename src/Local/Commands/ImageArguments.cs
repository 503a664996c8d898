using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Local.Commands;

/// <summary>The images that a command line names.</summary>
internal static class ImageArguments
{
    private static readonly EnumerationOptions Below = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        IgnoreInaccessible = false,
    };

    /// <summary>The files, those of a folder in ordinal order of their paths.</summary>
    /// <param name="arguments">Images and folders.</param>
    /// <exception cref="InvalidInputException">One is not there, or a folder has no image.</exception>
    public static IReadOnlyList<string> Find(string[] arguments) => [.. arguments.SelectMany(Find)];

    private static IEnumerable<string> Find(string argument)
    {
        if (File.Exists(argument)) return [argument];
        if (!Directory.Exists(argument)) throw new InvalidInputException($"IMAGES: there is no file or folder '{argument}'.");
        try
        {
            string[] images = [.. Directory.EnumerateFiles(argument, "*", Below).Where(path => ImageFile.HasImageExtension(path))
                .Order(StringComparer.Ordinal)];
            return images.Length > 0 ? images : throw new InvalidInputException(
                $"IMAGES: the folder '{argument}' has no images ({ImageFile.ExtensionList}).");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"IMAGES: the folder '{argument}' cannot be listed ({e.Message.TrimEnd('.')}).", e);
        }
    }
}
