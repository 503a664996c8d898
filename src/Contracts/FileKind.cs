using System.Formats.Tar;

namespace AdaptCluster.Contracts;

/// <summary>Tells what stands where a file is expected. Reading a pipe or a device could wait for ever.</summary>
public static class FileKind
{
    private const string Pipe = "is a pipe, not a file", Socket = "is a socket, not a file";

    /// <summary>Whether there is a pipe at a path, such as those that a shell hands over by &lt;(…) or as /dev/stdin.</summary>
    /// <param name="path">The path; links are followed.</param>
    public static bool IsPipe(string path) => Problem(path) == Pipe;

    /// <summary>What is wrong with a path, to follow it in a sentence.</summary>
    /// <param name="path">The path; links are followed.</param>
    /// <returns>Null for a file, and for a path where there is nothing.</returns>
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
                    // What a shell hands over by <(…) or /dev/stdin is a link to something that has no path.
                    return target.Name.StartsWith("pipe:[", StringComparison.Ordinal) ? Pipe
                        : target.Name.StartsWith("socket:[", StringComparison.Ordinal) ? Socket
                        : $"is a broken link: {target.FullName} does not exist";
                }
                file = new FileInfo(target.FullName);
            }
            // Only what has no length can be anything else than a file.
            return !file.Exists || file.Length > 0 ? null : SpecialFile(file.FullName);
        }
        catch (IOException)
        {
            return "is a link in a cycle of links";
        }
    }

    // The one place where .NET tells a file's kind without opening it is the entry that a tar archive would get.
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
            // A file, but one that whoever reads it will not be allowed to.
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
