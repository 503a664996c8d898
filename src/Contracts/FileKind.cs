using System.Formats.Tar;

namespace AdaptCluster.Contracts;

/// <summary>Checks that a path is a regular file before it is opened, because reading a pipe or a device could block forever.</summary>
public static class FileKind
{
    private const string Pipe = "is a pipe, not a file", Socket = "is a socket, not a file";

    /// <summary>Whether a path is a pipe, such as a shell's process substitution &lt;(…) or a piped /dev/stdin.</summary>
    /// <param name="path">The path; symbolic links are followed.</param>
    public static bool IsPipe(string path) => Problem(path) == Pipe;

    /// <summary>Describes why a path is not a regular file, as the end of a sentence that begins with the path.</summary>
    /// <param name="path">The path; symbolic links are followed.</param>
    /// <returns>The description; null for a regular file, and for a path that does not exist.</returns>
    public static string? Problem(string path)
    {
        if (Directory.Exists(path)) return "is a folder, not a file";
        var file = new FileInfo(path);
        try
        {
            if (file.LinkTarget is not null)
            {
                var target = file.ResolveLinkTarget(returnFinalTarget: true)!;
                if (!target.Exists)
                {
                    // Pipes that a shell passes with <(…) or as /dev/stdin are links to a target that has no path.
                    return target.Name.StartsWith("pipe:[", StringComparison.Ordinal) ? Pipe
                        : target.Name.StartsWith("socket:[", StringComparison.Ordinal) ? Socket
                        : $"is a broken link: {target.FullName} does not exist";
                }
                file = new FileInfo(target.FullName);
            }
            // Only a file of length 0 can be anything other than a regular file.
            return !file.Exists || file.Length > 0 ? null : SpecialFile(file.FullName);
        }
        catch (IOException)
        {
            return "is part of a cycle of symbolic links";
        }
    }

    // Finds the kind of a file without opening it. The only .NET API that can do so creates an entry of a tar archive.
    private static string? SpecialFile(string path)
    {
        using var archive = new MemoryStream();
        try
        {
            using (var writer = new TarWriter(archive, leaveOpen: true)) writer.WriteEntry(path, "file");
        }
        catch (IOException)
        {
            return Socket;
        }
        catch (UnauthorizedAccessException)
        {
            // A regular file that the user has no permission to read. Opening it reports the error.
            return null;
        }
        archive.Position = 0;
        using var reader = new TarReader(archive);
        return reader.GetNextEntry()?.EntryType switch
        {
            TarEntryType.Fifo => Pipe,
            TarEntryType.CharacterDevice or TarEntryType.BlockDevice => "is a device, not a file",
            _ => null,
        };
    }
}
