using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>
/// Reads a table of images: a header, then one line for each image. Columns "path" and "class"; "split" (train, val or validation, test)
/// where the split is given, by any of <see cref="SplitNames"/>; "label" where two classes have the same name, else classes are numbered
/// by their names in ordinal order.
/// Other columns are ignored. Other names that people give these columns are known.
/// </summary>
internal static class SplitCsv
{
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["path"] = "path",
        ["filepath"] = "path",
        ["file_path"] = "path",
        ["file"] = "path",
        ["filename"] = "path",
        ["file_name"] = "path",
        ["image"] = "path",
        ["image_path"] = "path",
        ["img"] = "path",
        ["class"] = "class",
        ["class_name"] = "class",
        ["classname"] = "class",
        ["category"] = "class",
        ["split"] = "split",
        ["set"] = "split",
        ["subset"] = "split",
        ["label"] = "label",
    };

    /// <summary>Reads a file. Without a column "split" the project splits the images itself.</summary>
    /// <param name="path">The file, already known to lie within its root.</param>
    /// <exception cref="InvalidInputException">It is missing or of another form; the message names file and line.</exception>
    public static ListedSplit Read(string path)
    {
        var records = CsvRecords.Read(SmallFile.ReadText(path, "write the file's path relative to the data root"), path);
        using var cursor = records.GetEnumerator();
        if (!cursor.MoveNext()) throw new InvalidInputException($"{path} is empty; a header with the columns path and class, and a line for each image expected.");
        var written = cursor.Current.Fields.Select(name => name.Trim()).ToArray();
        var header = Meanings(written);
        if (header.Index().GroupBy(column => column.Item).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw Refused(path, 1, $"the columns {string.Join(" and ", twice.Select(column => VocabularyFiles.Quote(written[column.Index])))} both mean '{twice.Key}'; rename or remove one");
        var (paths, classes, splits, labels) =
            (Column(path, written, header, "path"), Column(path, written, header, "class"), Array.IndexOf(header, "split"),
            Array.IndexOf(header, "label"));

        var rows = new List<(string? Split, ListedImage Image)>();
        while (cursor.MoveNext())
        {
            var (line, fields) = cursor.Current;
            if (fields.Length != header.Length) throw Refused(path, line, $"{fields.Length} fields, and the header has {header.Length}");
            var split = splits < 0 ? null : SplitNames.Find(fields[splits].Trim())
                ?? throw Refused(path, line, $"found the split {VocabularyFiles.Quote(fields[splits])}; write {SplitNames.All}");
            rows.Add((split, new ListedImage(
                Relative(fields[paths]), labels < 0 ? 0 : Label(path, line, fields[labels]), fields[classes])));
        }
        if (labels < 0) Number(rows);
        return splits < 0 ? SplitOwn(path, rows) : Given(path, rows);
    }

    private static void Number(List<(string? Split, ListedImage Image)> rows)
    {
        var names = rows.Select(row => row.Image.ClassName).Distinct().Order(StringComparer.Ordinal).Select((name, label) => (name, label)).ToDictionary(pair => pair.name, pair => pair.label);
        for (var i = 0; i < rows.Count; i++) rows[i] = (rows[i].Split, rows[i].Image with { Label = names[rows[i].Image.ClassName] });
    }

    private static ListedSplit Given(string path, List<(string? Split, ListedImage Image)> rows)
    {
        var parts = rows.ToLookup(row => row.Split, row => row.Image);
        return new ListedSplit(parts.Contains("val") ? SplitOrigin.Given : SplitOrigin.ValidationFromTrain, path, [.. parts["train"]], [.. parts["val"]], [.. parts["test"]]);
    }

    private static ListedSplit SplitOwn(string path, List<(string? Split, ListedImage Image)> rows)
    {
        // Ordinal order of paths, so that the split does not depend on how the table happens to be sorted.
        var images = rows.Select(row => row.Image).OrderBy(image => image.Label).ThenBy(image => image.Path, StringComparer.Ordinal).ToArray();
        foreach (var group in images.GroupBy(image => image.Label).Where(group => group.Count() < OwnSplit.FewestImages))
        {
            throw new InvalidInputException($"{path}: class {VocabularyFiles.Quote(group.First().ClassName)} has {group.Count()} image(s); "
                + $"a class that is split into train, validation and test needs at least {OwnSplit.FewestImages}. Add images, or a column \"split\".");
        }
        var (train, validation, test) = OwnSplit.ThreeWays(images, image => image.Label);
        return new ListedSplit(SplitOrigin.SelfMade, path, train, validation, test);
    }

    /// <summary>A path without the "./" that some tools write before it.</summary>
    public static string Relative(string path) => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;

    private static int Label(string path, int line, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var label) ? label : throw Refused(path, line, $"found the label {VocabularyFiles.Quote(text)}; write a whole number from 0 on");

    private static string[] Meanings(string[] written)
    {
        // A column of the name itself goes before one of a name like it.
        var exact = written.Select(name => name.ToLowerInvariant()).Intersect(Aliases.Values).ToHashSet();
        string[] header = [.. written.Select(name => Aliases.TryGetValue(name, out var meaning) && (meaning.Equals(name, StringComparison.OrdinalIgnoreCase) || !exact.Contains(meaning)) ? meaning : name)];
        // Without a column for names, a label is one.
        if (!header.Contains("class") && Array.IndexOf(header, "label") is var label and >= 0) header[label] = "class";
        return header;
    }

    private static int Column(string path, string[] written, string[] header, string name) =>
        Array.IndexOf(header, name) is var index and >= 0 ? index
            : throw Refused(path, 1,
            $"the header {VocabularyFiles.Quote(string.Join(',', written))} has no column '{name}'; a first line such as path,class,split "
            + $"expected: the columns path and class are required, split and label may be there");

    private static InvalidInputException Refused(string path, int line, string what) => new($"{path}, line {line}: {what}.");
}
