using System.Formats.Tar;
using System.Runtime.Versioning;

namespace AdaptCluster.Silo.Hosting;

/// <summary>
/// Restricts a folder to its owner. A home folder contains the keys of the web page's cookies, and private specs and results.
/// </summary>
internal static class PrivateFolder
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Creates a folder if it does not exist.</summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Owner);
    }

    /// <summary>
    /// Removes other users' access to a folder that an earlier version created. Folders of other users and shared folders such as /tmp are
    /// left unchanged, and so are the permissions of the folder's contents.
    /// </summary>
    public static void Tighten(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            var folder = new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
            var mode = File.GetUnixFileMode(folder);
            if ((mode & Others) == 0 || mode.HasFlag(UnixFileMode.StickyBit)) return;
            // Root can change any folder, so its owner is checked. For other users, the system refuses the change.
            if (!Environment.IsPrivilegedProcess || IsOfRoot(folder)) File.SetUnixFileMode(folder, mode & ~Others);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder belongs to another user, or the file system has no modes, so it is left unchanged.
        }
    }

    /// <summary>Whether root owns a folder. The runtime exposes a file's owner only through archives.</summary>
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
