namespace AdaptCluster.Tests;

/// <summary>Programs that this machine may have.</summary>
internal static class Programs
{
    /// <summary>Where a program is; null where it is not.</summary>
    /// <param name="name">Its file's name.</param>
    /// <param name="first">Folders to look in before those of PATH.</param>
    public static string? Find(string name, params IEnumerable<string> first) =>
        first.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')).Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
