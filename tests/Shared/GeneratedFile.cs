namespace AdaptCluster.Tests;

/// <summary>
/// Files of the repository that are written by the code they describe. A test fails while one is stale; with ADAPTCLUSTER_WRITE=1 in the
/// environment it writes the file instead.
/// </summary>
internal static class GeneratedFile
{
    private static bool Writes => Environment.GetEnvironmentVariable("ADAPTCLUSTER_WRITE") == "1";

    /// <summary>Checks a whole file.</summary>
    /// <param name="path">The file, relative to the repository.</param>
    /// <param name="text">What it must hold.</param>
    public static void Check(string path, string text)
    {
        var file = Repository.At(path);
        if (Writes) File.WriteAllText(file, text);
        else if (!File.Exists(file) || File.ReadAllText(file) != text)
            Assert.Fail($"{path} is stale; run this test with ADAPTCLUSTER_WRITE=1, which writes it, and commit the file.");
    }

    /// <summary>Checks what stands between the lines "&lt;!-- generated: name --&gt;" and "&lt;!-- end --&gt;" of a file.</summary>
    /// <param name="path">The file, relative to the repository.</param>
    /// <param name="name">The part.</param>
    /// <param name="text">What it must hold.</param>
    public static void CheckPart(string path, string name, string text)
    {
        var whole = File.ReadAllText(Repository.At(path));
        var (begin, end) = ($"<!-- generated: {name} -->\n", "<!-- end -->");
        var from = whole.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        Assert.True(from >= begin.Length, $"{path} has no line {begin}");
        var to = whole.IndexOf(end, from, StringComparison.Ordinal);
        Check(path, whole[..from] + text + whole[to..]);
    }
}
