namespace AdaptCluster.Web.Submit;

/// <summary>Provides the example specs that the form offers, from the folder "examples".</summary>
internal static class SpecExamples
{
    private const string Prefix = "AdaptCluster.Web.Examples.";

    /// <summary>The file name of each example and its description in the menu.</summary>
    public static IReadOnlyList<(string File, string Text)> All { get; } =
    [
        ("tiny.json", "Six drawn data sets, a few minutes"),
        ("tiny-scorers.json", "Comparison of saliency scores"),
        ("tiny-table1.json", "All methods on drawn data sets"),
        ("table1.json", "The paper's table 1"),
        ("table2.json", "The paper's table 2"),
        ("table3.json", "The paper's table 3"),
        ("table4.json", "The paper's table 4"),
    ];

    /// <summary>Returns the text of an example; null if no example has this name.</summary>
    /// <param name="file">The file name, such as "tiny.json".</param>
    public static string? Read(string? file)
    {
        if (!All.Any(example => example.File == file)) return null;
        using var stream = typeof(SpecExamples).Assembly.GetManifestResourceStream(Prefix + file)
            ?? throw new InvalidOperationException($"The build left out {file}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
