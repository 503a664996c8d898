namespace AdaptCluster.Client.Tests;

/// <summary>How the repository's files are named, placed and broken into lines.</summary>
public sealed class LayoutTests
{
    private const int MaxColumns = 140;

    private static readonly string[] Roots = ["src", "tests", "bench", "examples", "docs", "k8s", "helm", "dashboards"];

    [Fact]
    public void No_two_files_or_folders_have_names_that_differ_only_in_case()
    {
        // Where file systems do not tell case apart, one of the two is lost at checkout.
        var alike = Roots.Select(root => Repository.At(root)).Where(Directory.Exists)
            .SelectMany(root => Walk(root, _ => true))
            .GroupBy(path => path.ToUpperInvariant(), StringComparer.Ordinal)
            .Where(group => group.Count() > 1);

        Assert.Empty(alike.SelectMany(group => group));
    }

    [Theory]
    [InlineData("tests")]
    [InlineData("bench")]
    public void Code_lies_in_a_folder_that_says_what_it_is_for(string root) =>
        Assert.Empty(Directory.GetFiles(Repository.At(root), "*.cs"));

    [Fact]
    public void No_line_of_code_is_longer_than_140_columns()
    {
        Assert.Empty(CodeFiles().SelectMany(LongLines));
    }

    [Fact]
    public void Usings_stand_in_the_order_that_dotnet_format_gives_them()
    {
        // dotnet format itself asks for minutes before it can say so, because it compiles everything.
        foreach (var file in CodeFiles())
        {
            string[] usings = [.. File.ReadLines(file)
                .SkipWhile(line => line.Length == 0 || line.StartsWith("//", StringComparison.Ordinal))
                .TakeWhile(line => line.StartsWith("using ", StringComparison.Ordinal)).Select(line => line[6..].TrimEnd(';'))];
            Assert.Equal(usings.OrderBy(Group).ThenBy(name => name, StringComparer.OrdinalIgnoreCase), usings);
        }
    }

    /// <summary>Namespaces of the system come first, then others, then static ones, then aliases.</summary>
    private static int Group(string name) => name switch
    {
        _ when name.Contains('=', StringComparison.Ordinal) => 3,
        _ when name.StartsWith("static ", StringComparison.Ordinal) => 2,
        "System" => 0,
        _ => name.StartsWith("System.", StringComparison.Ordinal) ? 0 : 1,
    };

    private static IEnumerable<string> CodeFiles() =>
        ((string[])["src", "tests", "bench", "examples"]).Select(root => Repository.At(root)).Where(Directory.Exists)
            .SelectMany(root => Walk(root, path => path.EndsWith(".cs", StringComparison.Ordinal)));

    /// <summary>A line of a raw string literal is its text's, as a row of a table that a test expects.</summary>
    private static IEnumerable<string> LongLines(string file)
    {
        var inRaw = false;
        foreach (var (index, line) in File.ReadLines(file).Index())
        {
            var quotes = line.Split("\"\"\"").Length - 1;
            if (line.Length > MaxColumns && !inRaw && quotes == 0) yield return $"{file}:{index + 1}: {line.Length} columns";
            if (quotes % 2 == 1) inRaw = !inRaw;
        }
    }

    /// <summary>Everything below a folder that is not built or installed.</summary>
    private static IEnumerable<string> Walk(string folder, Func<string, bool> wanted)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder))
        {
            if (Path.GetFileName(path) is "bin" or "obj" or "node_modules" or "artifacts") continue;
            if (wanted(path)) yield return path;
            if (!Directory.Exists(path)) continue;
            foreach (var inner in Walk(path, wanted)) yield return inner;
        }
    }
}
