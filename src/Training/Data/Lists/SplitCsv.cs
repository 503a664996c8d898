using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>
/// Reads a table of images with a header and one line per image. The columns "path" and "class" are required. The column "split" contains
/// names defined in <see cref="SplitNames"/>. The column "label" contains class numbers, which distinguish classes with the same name;
/// without this column, classes are numbered in ordinal order of their names. A note lists all other columns. If there is no column
/// "split", the table is refused if another column seems to contain the split. Common alternative column names are recognized, but "set"
/// and similar names mean "split" only if all values are names of splits.
/// </summary>
internal static class SplitCsv
{
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["path"] = "path",
        ["filepath"] = "path",
        ["filepaths"] = "path",
        ["file_path"] = "path",
        ["file"] = "path",
        ["filename"] = "path",
        ["file_name"] = "path",
        ["image"] = "path",
        ["image_path"] = "path",
        ["image_name"] = "path",
        ["image_id"] = "path",
        ["img"] = "path",
        ["class"] = "class",
        ["class_name"] = "class",
        ["classname"] = "class",
        ["category"] = "class",
        ["labels"] = "class",
        ["split"] = "split",
        ["set"] = "split",
        ["subset"] = "split",
        ["data set"] = "split",
        ["label"] = "label",
    };

    // Ambiguous names, which are used only if no other column has the same meaning.
    private static readonly string[] Vague = ["image_id", "image_name", "labels"];

    /// <summary>Reads a table. If there is no column "split", <see cref="SplitGenerator"/> splits the images.</summary>
    /// <param name="path">The path of the file, already verified to be inside its root.</param>
    /// <exception cref="InvalidInputException">The file is missing or malformed; the message names the file and line.</exception>
    public static ListedSplit Read(string path)
    {
        var text = SmallFile.ReadText(path, ListFormat.Advice);
        if (text.AsSpan().TrimStart() is ['{' or '[', ..])
            throw new InvalidInputException($"{path} seems to be JSON; for a split file, use \"format\": \"split\".");
        var separator = CsvRecords.Separator(text, Aliases.ContainsKey);
        var records = CsvRecords.Read(text, separator, path);
        using var cursor = records.GetEnumerator();
        if (!cursor.MoveNext())
            throw new InvalidInputException(
                $"{path} is empty; expected a header with the columns path and class, and one line per image.");
        var (headerLine, first) = cursor.Current;
        var written = first.Select(name => name.Trim()).ToArray();
        var header = Meanings(written, column => records.Skip(1).All(record =>
            record.Fields.Length > column && SplitNames.Find(record.Fields[column].Trim()) is not null));
        if (header.Index().GroupBy(column => column.Item).FirstOrDefault(group => group.Key.Length > 0 && group.Count() > 1) is { } twice)
        {
            var both = string.Join(" and ", twice.Select(column => QuotedText.Of(written[column.Index])));
            throw Refused(path, headerLine, $"the columns {both} both mean '{twice.Key}'; rename or remove one");
        }
        var columns = new Header(path, headerLine, string.Join(separator, written), header);
        var (paths, classes, splits, labels) =
            (columns.Require("path"), columns.Require("class"), Array.IndexOf(header, "split"), Array.IndexOf(header, "label"));
        var unread = new UnreadColumns(
            path, written, [.. Enumerable.Range(0, header.Length).Except([paths, classes, splits, labels])]);

        var rows = new List<(string? Split, ListedImage Image)>();
        while (cursor.MoveNext())
        {
            var (line, fields) = cursor.Current;
            if (fields.Length != header.Length)
                throw Refused(path, line, $"found {CountText.Of(fields.Length, "field")}, but the header has {header.Length}");
            unread.Add(fields);
            var split = splits < 0 ? null : SplitNames.Find(fields[splits].Trim())
                ?? throw Refused(path, line, $"found the split {QuotedText.Of(fields[splits])}; use {SplitNames.All}");
            rows.Add((split, new ListedImage(
                Relative(fields[paths]), labels < 0 ? 0 : Label(path, line, fields[labels]), fields[classes])));
        }
        if (splits < 0)
        {
            unread.RequireNoSplit(headerLine);
            RequireNoSplitInPaths(path, rows);
            RequireNoSplitAsClass(path, headerLine, written[classes], rows);
        }
        if (labels < 0) Number(rows);
        var lists = splits < 0 ? SplitOwn(path, rows) : Given(path, rows);
        return unread.Note() is { } note ? lists with { Notes = [note] } : lists;
    }

    // A list of all files below train and test would be split again, and jobs would train on test images.
    private static void RequireNoSplitInPaths(string path, List<(string? Split, ListedImage Image)> rows)
    {
        var (folders, words) = (new SortedDictionary<string, string>(StringComparer.Ordinal),
            new SortedDictionary<string, string>(StringComparer.Ordinal));
        string[][] paths = [.. rows.Select(row => row.Image.Path.Split('/'))];
        var common = paths.Length == 0 ? 0 : paths.Min(parts => SharedFolders(paths[0], parts));
        var speaking = 0;
        foreach (var ((_, image), parts) in rows.Zip(paths))
        {
            foreach (var folder in parts[..^1])
                if (SplitNames.Find(folder) is { } split) folders.TryAdd(split, image.Path);
            string[] spoken = [.. parts[common..^1].Select(folder => SplitNames.Spoken(folder)).OfType<string>()];
            if (spoken.Length == 0 && SplitNames.Spoken(parts[^1]) is { } named) spoken = [named];
            if (spoken.Length > 0) speaking++;
            foreach (var split in spoken) words.TryAdd(split, image.Path);
        }
        var found = folders.Count > 1 ? folders : speaking == rows.Count ? words : folders;
        if (found.Count < 2) return;
        throw new InvalidInputException($"{path}: its paths contain {(found == folders ? "folders" : "names")} of several splits, such as "
            + $"{string.Join(" and ", found.Values.Select(QuotedText.Of))}, but it has no column 'split'; add it, with the values "
            + $"{SplitNames.All}.");
    }

    /// <summary>Counts the leading folders that two paths share. Folders that all paths share cannot distinguish splits.</summary>
    private static int SharedFolders(string[] first, string[] other)
    {
        var shared = 0;
        while (shared < Math.Min(first.Length, other.Length) - 1 && first[shared] == other[shared]) shared++;
        return shared;
    }

    private static void RequireNoSplitAsClass(string path, int line, string column, List<(string? Split, ListedImage Image)> rows)
    {
        if (rows.Count > 0 && rows.TrueForAll(row => SplitNames.Find(row.Image.ClassName.Trim()) is not null))
        {
            throw Refused(path, line, $"the column {QuotedText.Of(column)}, which is read as the class, "
                + "contains names of splits in all lines; rename it to 'split'");
        }
    }

    private static void Number(List<(string? Split, ListedImage Image)> rows)
    {
        var names = rows.Select(row => row.Image.ClassName).Distinct().Order(StringComparer.Ordinal).Select((name, label) => (name, label))
            .ToDictionary(pair => pair.name, pair => pair.label);
        for (var i = 0; i < rows.Count; i++) rows[i] = (rows[i].Split, rows[i].Image with { Label = names[rows[i].Image.ClassName] });
    }

    private static ListedSplit Given(string path, List<(string? Split, ListedImage Image)> rows)
    {
        var parts = rows.ToLookup(row => row.Split, row => row.Image);
        return new ListedSplit(parts.Contains("val") ? SplitOrigin.Given : SplitOrigin.ValidationFromTrain, path, [.. parts["train"]],
            [.. parts["val"]], [.. parts["test"]]);
    }

    private static ListedSplit SplitOwn(string path, List<(string? Split, ListedImage Image)> rows)
    {
        // Sorted by path in ordinal order, so that the split does not depend on the order of the table.
        var images = rows.Select(row => row.Image).OrderBy(image => image.Label)
            .ThenBy(image => image.Path, StringComparer.Ordinal).ToArray();
        foreach (var group in images.GroupBy(image => image.Label).Where(group => group.Count() < SplitGenerator.FewestImages))
        {
            throw new InvalidInputException($"{path}: class {QuotedText.Of(group.First().ClassName)} has "
                + $"{CountText.Of(group.Count(), "image")}; a class needs at least "
                + $"{SplitGenerator.FewestImages} images to be split into train, validation and test. Add images, or a column \"split\".");
        }
        var (train, validation, test) = SplitGenerator.ThreeWays(images, image => image.Label);
        return new ListedSplit(SplitOrigin.SelfMade, path, train, validation, test);
    }

    /// <summary>Removes the leading "./" that some tools write.</summary>
    public static string Relative(string path) => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;

    private static int Label(string path, int line, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var label) ? label
            : throw Refused(path, line, $"found the label {QuotedText.Of(text)}; use a whole number of at least 0");

    private static string[] Meanings(string[] written, Func<int, bool> hasSplits)
    {
        // A column with the exact name takes precedence over one with a similar name.
        var exact = written.Select(name => name.ToLowerInvariant()).Intersect(Aliases.Values).ToHashSet();
        // A column "set" may mean anything.
        string[] header = [.. written.Select((name, column) => Aliases.TryGetValue(name, out var meaning)
            && (meaning.Equals(name, StringComparison.OrdinalIgnoreCase)
                || (!exact.Contains(meaning) && (meaning != "split" || hasSplits(column)))) ? meaning : name)];
        foreach (var vague in Vague)
        {
            var column = Array.FindIndex(written, name => name.Equals(vague, StringComparison.OrdinalIgnoreCase));
            if (column >= 0 && (header.Count(meaning => meaning == header[column]) > 1
                || (header[column] == "class" && header.Contains("label")))) header[column] = written[column];
        }
        // Without a column of class names, the label serves as the name.
        if (!header.Contains("class") && Array.IndexOf(header, "label") is var label and >= 0) header[label] = "class";
        return header;
    }

    private static InvalidInputException Refused(string path, int line, string what) => new($"{path}, line {line}: {what}.");

    /// <summary>The header of a table.</summary>
    /// <param name="Path">The path of the table.</param>
    /// <param name="Line">The line number of the header.</param>
    /// <param name="Written">The header as written.</param>
    /// <param name="Meanings">The meaning of each column.</param>
    private sealed record Header(string Path, int Line, string Written, string[] Meanings)
    {
        public int Require(string name)
        {
            if (Array.IndexOf(Meanings, name) is var index and >= 0) return index;
            var found = Meanings.Any(Aliases.ContainsKey)
                ? $"the header {QuotedText.Of(Written)} has no column '{name}'"
                : $"the first line {QuotedText.Of(Written)} has no column '{name}', so the header seems to be missing";
            var known = string.Join(", ", Aliases.Where(alias => alias.Value == name && alias.Key != name).Select(alias => alias.Key));
            throw Refused(Path, Line, $"{found}; expected a first line such as path,class,split. The columns path and class are required, "
                + $"split and label are optional. '{name}' may also be called {known}; "
                + "commas, semicolons, tabs or vertical bars separate columns");
        }
    }
}
