namespace AdaptCluster.Client.Output;

/// <summary>Creates folder names from user-chosen names.</summary>
internal static class FileNames
{
    /// <summary>Replaces all characters except letters, digits, '-', '_' and '.'. The result never refers to another folder.</summary>
    public static string Of(string name)
    {
        var safe = new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')]).TrimStart('.');
        return safe.Length == 0 ? "data-set" : safe[..Math.Min(safe.Length, 100)];
    }

    /// <summary>
    /// Returns distinct names for sibling folders, ignoring case, so that they differ on every file system. If several names become equal,
    /// the name that needed no change is kept, and the others get the suffixes "-2", "-3" and so on, in order.
    /// </summary>
    /// <param name="names">The user-chosen names.</param>
    /// <returns>The folder names, in the same order.</returns>
    public static string[] Distinct(IReadOnlyList<string> names)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var folders = new string[names.Count];
        foreach (var (index, name) in names.Index().OrderBy(one => Of(one.Item) == one.Item ? 0 : 1))
        {
            var folder = Of(name);
            for (var number = 2; !taken.Add(folder); number++) folder = $"{Of(name)}-{number}";
            folders[index] = folder;
        }
        return folders;
    }
}
