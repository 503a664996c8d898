using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Data;

/// <summary>
/// Resolves untrusted paths inside the data roots. Absolute paths and ".." are refused, and a symbolic link is followed only if it leads
/// into one of the roots. Every data set format opens the paths in a spec through this class.
/// </summary>
public sealed class RootedPath
{
    /// <summary>The name of the environment variable that sets the data roots.</summary>
    public const string Variable = "ADAPTCLUSTER_DATA";

    /// <summary>The maximum number of links in a path, the same as on Linux. A longer chain is treated as a cycle.</summary>
    private const int MaxLinks = 40;

    private readonly string[] _named, _missing, _real;

    /// <summary>Initializes a resolver for data roots, which can themselves be links.</summary>
    /// <param name="roots">The data roots, searched in order.</param>
    /// <param name="places">Additional folders outside the roots that links may lead into. The paths of these folders must not contain
    /// links.</param>
    /// <exception cref="InvalidInputException">None of the roots exists.</exception>
    public RootedPath(IReadOnlyList<string> roots, params IEnumerable<string> places)
    {
        // One disk that is not mounted must not block the data sets on the others.
        var there = roots.Select(root => Path.TrimEndingDirectorySeparator(Path.GetFullPath(root))).ToLookup(Directory.Exists);
        (_named, _missing) = ([.. there[true].DistinctBy(Real)], [.. there[false].Distinct()]);
        if (_named.Length == 0)
        {
            throw new InvalidInputException($"The data root {string.Join(" or ", _missing)} does not exist; create it, or set another one "
                + $"with {Variable}.");
        }
        _real = [.. _named.Select(Real).Concat(places).Distinct()];
    }

    /// <summary>Resolves the folder that a spec names.</summary>
    /// <param name="path">The path as written in the spec, with forward slashes.</param>
    /// <returns>The real path, with links resolved.</returns>
    /// <exception cref="InvalidInputException">The path leads out of the roots, or the folder does not exist.</exception>
    public string Folder(string path) => Contained(Find(path, "folder", Directory.Exists));

    /// <summary>Resolves the file that a spec names.</summary>
    /// <param name="path">The path as written in the spec, with forward slashes.</param>
    /// <returns>The real path, with links resolved.</returns>
    /// <exception cref="InvalidInputException">The path leads out of the roots, or the file does not exist.</exception>
    public string File(string path)
    {
        var found = Find(path, "file", Path.Exists);
        return !Directory.Exists(found) ? Contained(found)
            : throw new InvalidInputException($"Data set path '{path}' is a folder, {found}; specify the path of a list in this folder.");
    }

    /// <summary>Follows the links of an existing file or folder.</summary>
    /// <returns>The real path.</returns>
    /// <exception cref="InvalidInputException">The real path is outside the roots, or the path is a broken link.</exception>
    public string Contained(string path)
    {
        var real = Real(path);
        if (!Path.Exists(real)) RequireWhole(path);
        if (_real.Any(root => real == root
            || real.StartsWith(root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            return real;
        var place = Directory.Exists(real) ? real : Path.GetDirectoryName(real);
        throw new InvalidInputException(
            $"{path} is a link to {real}, outside the data root {Roots}; to allow this, add its target as a data root: "
            + $"{Variable}={string.Join(Path.PathSeparator, _named.Append(place))}.");
    }

    /// <summary>Throws an exception if any part of a path is a broken link.</summary>
    /// <exception cref="InvalidInputException">A part is a broken link; the message names it.</exception>
    public static void RequireWhole(string path)
    {
        var at = Path.GetPathRoot(path)!;
        foreach (var part in Parts(path[at.Length..]))
        {
            at = Path.Combine(at, part);
            if (new FileInfo(at).LinkTarget is not null && Real(at) is var target && !Path.Exists(target))
                throw new InvalidInputException($"{at} is a broken link: {target} does not exist; correct or remove the link.");
        }
    }

    /// <summary>Resolves all links in a path. Any part of the path can be a link, and link targets can also contain links.</summary>
    /// <exception cref="InvalidInputException">The path contains a cycle of links.</exception>
    public static string Real(string path)
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
            if (++links > MaxLinks) throw new InvalidInputException($"{path} contains a cycle of links; remove it.");
            if (Path.IsPathRooted(target)) (real, target) = (anchor, target[Path.GetPathRoot(target)!.Length..]);
            foreach (var step in Parts(target).Reverse()) left.Push(step);
        }
        return real;
    }

    private string Roots => string.Join(" or ", _named);

    private string Find(string path, string what, Func<string, bool> exists)
    {
        if (path.Any(char.IsControl))
        {
            throw new InvalidInputException($"Data set path {QuotedText.Of(path)} contains a control character; "
                + $"use the {what}'s path relative to a data root ({Variable}).");
        }
        if (string.IsNullOrWhiteSpace(path))
            throw new InvalidInputException($"A data set has an empty path; use the {what}'s path relative to a data root ({Variable}).");
        if (Path.IsPathRooted(path) || path.Split('/', '\\').Contains(".."))
            throw new InvalidInputException(
                $"Data set path '{path}': use a path relative to a data root ({Variable}), without '..'.");
        string[] places = [.. _named.Select(root => Path.GetFullPath(Path.Combine(root, path)))];
        if (places.FirstOrDefault(exists) is { } found) return found;
        foreach (var place in places) RequireWhole(place);
        if (places.FirstOrDefault(System.IO.File.Exists) is { } file)
            throw new InvalidInputException($"Data set path '{path}' is a file, {file}; specify the path of its folder, or a format that "
                + "reads lists, such as csv.");
        var missing = _missing.Length == 0 ? "" : $", and {string.Join(" and ", _missing)} does not exist";
        throw new InvalidInputException($"Data set path '{path}': the data root {Roots} has no such {what}{missing}; put it there, or set "
            + $"another root with {Variable}.");
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");
}
