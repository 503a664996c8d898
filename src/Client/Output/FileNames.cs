namespace AdaptCluster.Client.Output;

/// <summary>Names of folders made from names that users chose.</summary>
internal static class FileNames
{
    /// <summary>A name with everything but letters, digits, '-', '_' and '.' replaced; never one that leads elsewhere.</summary>
    public static string Of(string name)
    {
        var safe = new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')]).TrimStart('.');
        return safe.Length == 0 ? "data-set" : safe[..Math.Min(safe.Length, 100)];
    }

    /// <summary>
    /// Names for folders that lie beside each other: different ones on every file system, letters' case left aside. Of names that become
    /// the same, the one that is so already keeps it, and the others get "-2", "-3" and so on, in their order.
    /// </summary>
    /// <param name="names">Names that users chose.</param>
    /// <returns>As many, in the same order.</returns>
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
