using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Local.Commands;

/// <summary>Finds the images named on a command line.</summary>
internal static class ImageArguments
{
    private static readonly EnumerationOptions Below = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        IgnoreInaccessible = false,
    };

    /// <summary>Returns the files. The files of a folder are sorted by path, in ordinal order.</summary>
    /// <param name="arguments">The images and folders.</param>
    /// <exception cref="InvalidInputException">A path does not exist, or a folder contains no images.</exception>
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
                $"IMAGES: the folder '{argument}' contains no images ({ImageFile.ExtensionList}).");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"IMAGES: the folder '{argument}' cannot be listed ({e.Message.TrimEnd('.')}).", e);
        }
    }
}
