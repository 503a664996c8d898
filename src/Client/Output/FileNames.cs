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
}
