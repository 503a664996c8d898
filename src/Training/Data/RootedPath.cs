using AdaptCluster.Contracts;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Data;

/// <summary>
/// A folder that names from outside are resolved under and cannot leave: no absolute paths, no "..", no symbolic link to somewhere else.
/// </summary>
internal sealed class RootedPath
{
    /// <summary>As Linux: a longer chain of links is a cycle.</summary>
    private const int MaxLinks = 40;

    private readonly string _root;

    /// <summary>Opens a root, which may itself be a link.</summary>
    /// <exception cref="InvalidInputException">It does not exist.</exception>
    public RootedPath(string root)
    {
        if (!Directory.Exists(root))
            throw new InvalidInputException($"The data root {root} does not exist; create it, or configure another one.");
        _root = Real(Path.GetFullPath(root));
    }

    /// <summary>Resolves the folder that a spec names.</summary>
    /// <param name="path">As in the spec, with forward slashes.</param>
    /// <returns>The real path, without links.</returns>
    /// <exception cref="InvalidInputException">The path leads out of the root, or there is no such folder.</exception>
    public string Folder(string path)
    {
        var full = Full(path, "folder");
        if (!Directory.Exists(full)) throw new InvalidInputException($"Data set path '{path}': the data root {_root} has no such folder.");
        return Contained(full);
    }

    /// <summary>Resolves the file that a spec names.</summary>
    /// <param name="path">As in the spec, with forward slashes.</param>
    /// <returns>The real path, without links.</returns>
    /// <exception cref="InvalidInputException">The path leads out of the root, or there is no such file.</exception>
    public string File(string path)
    {
        var full = Full(path, "file");
        if (Directory.Exists(full)) throw new InvalidInputException($"Data set path '{path}' is a folder in the data root {_root}; write the path of the list in it.");
        if (!System.IO.File.Exists(full)) throw new InvalidInputException($"Data set path '{path}': the data root {_root} has no such file.");
        return Contained(full);
    }

    private string Full(string path, string what)
    {
        if (path.Any(char.IsControl))
        {
            throw new InvalidInputException($"Data set path {VocabularyFiles.Quote(path)} holds a control character; "
                + $"write the {what}'s path relative to the data root.");
        }
        if (string.IsNullOrWhiteSpace(path))
            throw new InvalidInputException($"A data set has an empty path; write the {what}'s path relative to the data root.");
        if (Path.IsPathRooted(path) || path.Split('/', '\\').Contains(".."))
            throw new InvalidInputException($"Data set path '{path}': a path relative to the data root, without '..', expected.");
        return Path.GetFullPath(Path.Combine(_root, path));
    }

    /// <summary>Follows the links of an existing file or folder.</summary>
    /// <returns>The real path.</returns>
    /// <exception cref="InvalidInputException">It lies outside the root.</exception>
    public string Contained(string path)
    {
        var real = Real(path);
        var inside = _root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
        if (real != _root && !real.StartsWith(inside, StringComparison.Ordinal))
            throw new InvalidInputException($"{path} is a link out of the data root {_root}; copy the files into the root.");
        return real;
    }

    /// <summary>The path without links, resolved from its first part on: any of them may be a link, and targets have links too.</summary>
    private static string Real(string path)
    {
        var anchor = Path.GetPathRoot(path)!;
        var left = new Stack<string>(Parts(path[anchor.Length..]).Reverse());
        var real = anchor;
        var links = 0;
        while (left.TryPop(out var part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? anchor;
                continue;
            }
            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > MaxLinks) throw new InvalidInputException($"{path} has a cycle of links; remove it.");
            if (Path.IsPathRooted(target)) (real, target) = (anchor, target[Path.GetPathRoot(target)!.Length..]);
            foreach (var step in Parts(target).Reverse()) left.Push(step);
        }
        return real;
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");
}
