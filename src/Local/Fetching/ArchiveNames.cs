using System.Text;
using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>Checks the paths of an archive's entries one by one, and refuses unsafe paths.</summary>
/// <param name="archive">The archive's path, for error messages.</param>
internal sealed class ArchiveNames(string archive)
{
    private const int MostStepBytes = 255, MostPathBytes = 1024;

    // Compared as on file systems that ignore case.
    private readonly Dictionary<string, (string Path, bool IsFolder)> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the segments of an entry's path.</summary>
    /// <param name="name">The entry's name in the archive; the name of a folder ends with a slash.</param>
    /// <exception cref="ArchiveException">The path is unsafe, or another entry has the same path.</exception>
    public string[] Take(string name)
    {
        var isFolder = name.EndsWith('/');
        var path = isFolder ? name[..^1] : name;
        var steps = path.Split('/');
        if (path.StartsWith('/')) throw Refused(name, "is absolute");
        if (name.Contains('\\', StringComparison.Ordinal)) throw Refused(name, "contains a backslash, a path separator on some systems");
        if (name.Contains(':', StringComparison.Ordinal)) throw Refused(name, "contains a colon, as drive paths do");
        if (!PrintableText.IsWhole(name) || name.Any(char.IsControl)) throw Refused(name, "contains unprintable characters");
        if (steps.Any(step => step is "" or "." or "..")) throw Refused(name, "contains an empty, '.' or '..' component");
        if (Encoding.UTF8.GetByteCount(path) > MostPathBytes || steps.Any(step => Encoding.UTF8.GetByteCount(step) > MostStepBytes))
            throw Refused(name, "is longer than file systems allow");
        for (var i = 1; i < steps.Length; i++) Add(name, string.Join('/', steps[..i]), isFolder: true);
        Add(name, path, isFolder);
        return steps;
    }

    private void Add(string name, string path, bool isFolder)
    {
        if (_known.TryAdd(path, (path, isFolder))) return;
        var (other, isOtherFolder) = _known[path];
        if (other != path) throw Refused(name, $"differs from '{PrintableText.OneLine(other)}' only in case");
        if (!isFolder || !isOtherFolder) throw Refused(name, "occurs twice");
    }

    private ArchiveException Refused(string name, string why) =>
        new($"{archive}: refused, nothing was unpacked: the path '{PrintableText.OneLine(name)}' {why}");
}
