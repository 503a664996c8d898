using System.Formats.Tar;
using System.Runtime.Versioning;

namespace AdaptCluster.Silo.Hosting;

/// <summary>
/// A folder that only its owner may enter: a home holds the keys of the web page's cookies, and specs and results that are nobody else's.
/// </summary>
internal static class PrivateFolder
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes a folder where there is none.</summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Owner);
    }

    /// <summary>
    /// Takes a folder that an earlier version has made from others than its owner. Somebody else's folder stays as it is, and so does one
    /// that is for everybody, such as /tmp. What is in it is not touched.
    /// </summary>
    public static void Tighten(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            var folder = new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
            var mode = File.GetUnixFileMode(folder);
            if ((mode & Others) == 0 || mode.HasFlag(UnixFileMode.StickyBit)) return;
            // Root may change everybody's; for anyone else the system says whose it is.
            if (!Environment.IsPrivilegedProcess || IsOfRoot(folder)) File.SetUnixFileMode(folder, mode & ~Others);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is another user's, or on a file system without modes: whoever set it up decides.
        }
    }

    /// <summary>The runtime tells a file's owner only to those who put it into an archive.</summary>
    [UnsupportedOSPlatform("windows")]
    private static bool IsOfRoot(string folder)
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, leaveOpen: true)) writer.WriteEntry(folder, "folder");
        archive.Position = 0;
        using var reader = new TarReader(archive);
        return reader.GetNextEntry() is { Uid: 0 };
    }
}
