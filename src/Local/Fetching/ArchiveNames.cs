using System.Text;
using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>Checks the paths of an archive's entries one by one, and refuses those that must not become files.</summary>
/// <param name="archive">The archive, for errors.</param>
internal sealed class ArchiveNames(string archive)
{
    private const int MostStepBytes = 255, MostPathBytes = 1024;

    // Compared as on file systems that ignore case.
    private readonly Dictionary<string, (string Path, bool IsFolder)> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the segments of an entry's path.</summary>
    /// <param name="name">The name in the archive; a folder's ends with a slash.</param>
    /// <exception cref="ArchiveException">The path leads out of the archive, or belongs to another entry.</exception>
    public string[] Take(string name)
    {
        var isFolder = name.EndsWith('/');
        var path = isFolder ? name[..^1] : name;
        var steps = path.Split('/');
        if (path.StartsWith('/')) throw Refused(name, "is absolute");
        if (name.Contains('\\', StringComparison.Ordinal)) throw Refused(name, "has a backslash, a path separator on some systems");
        if (name.Contains(':', StringComparison.Ordinal)) throw Refused(name, "has a colon, as drive paths do");
        if (!PrintableText.IsWhole(name) || name.Any(char.IsControl)) throw Refused(name, "has unprintable characters");
        if (steps.Any(step => step is "" or "." or "..")) throw Refused(name, "has an empty, '.' or '..' component");
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
