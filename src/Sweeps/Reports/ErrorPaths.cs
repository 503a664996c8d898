using System.Text.RegularExpressions;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>The paths in which errors with the same cause differ.</summary>
/// <param name="Folder">The deepest folder that contains all paths; empty if they share none.</param>
/// <param name="Names">The different paths, relative to the folder, in the order of the errors.</param>
public sealed partial record ErrorPaths(string Folder, IReadOnlyList<string> Names)
{
    /// <summary>The text that stands for a path in <see cref="Mask"/>.</summary>
    private const string Placeholder = "<path>";

    /// <summary>Replaces every path in an error with the same placeholder. A fraction such as 24/96 is not a path.</summary>
    /// <param name="error">The error.</param>
    public static string Mask(string error) => Path().Replace(error, match => IsPath(match.Value) ? Placeholder : match.Value);

    /// <summary>Finds the first place in which the paths of some errors differ; if all are equal, the first path.</summary>
    /// <param name="errors">Errors that are equal after <see cref="Mask"/>, except for numbers.</param>
    /// <returns>The paths; null if the errors contain none.</returns>
    public static ErrorPaths? Of(IEnumerable<string> errors)
    {
        string[][] found = [.. errors.Select(In)];
        var places = found.Length == 0 ? 0 : found.Min(paths => paths.Length);
        if (places == 0) return null;
        var columns = Enumerable.Range(0, places).Select(place => found.Select(paths => paths[place]).Distinct(StringComparer.Ordinal));
        string[][] choices = [.. columns.Select(column => column.ToArray())];
        var chosen = choices.FirstOrDefault(column => column.Length > 1) ?? choices[0];
        var folder = SharedFolder(chosen);
        return new ErrorPaths(folder, folder.Length == 0 ? chosen : Array.ConvertAll(chosen, path => path[(folder.Length + 1)..]));
    }

    /// <summary>Reduces the path that differs to the shared folder. An error with only one path is unchanged.</summary>
    /// <param name="error">One of the errors.</param>
    public string Shorten(string error)
    {
        if (Names.Count < 2) return error;
        var folder = Folder.Length == 0 ? "" : $"{Folder}/";
        var path = In(error).FirstOrDefault(path => Names.Any(name => path == folder + name));
        return path is null ? error : error.Replace(path, $"{folder}…", StringComparison.Ordinal);
    }

    private static string[] In(string error) => [.. Path().Matches(error).Select(match => match.Value).Where(IsPath)
        .Select(path => path.TrimEnd('.'))];

    private static bool IsPath(string word) => word.Any(char.IsLetter);

    /// <summary>Returns the folder that contains all paths, without a slash at its end.</summary>
    private static string SharedFolder(string[] paths)
    {
        var shared = paths[0].Split('/')[..^1];
        foreach (var path in paths)
        {
            var folders = path.Split('/')[..^1];
            var same = shared.Zip(folders).TakeWhile(pair => pair.First == pair.Second).Count();
            shared = shared[..same];
        }
        return string.Join('/', shared);
    }

    /// <summary>Matches a word with a slash, without the punctuation around it.</summary>
    [GeneratedRegex(@"(?<![^\s'""`(),;:<>])[^\s'""`(),;:<>/]*/[^\s'""`(),;:<>]+")]
    private static partial Regex Path();
}
