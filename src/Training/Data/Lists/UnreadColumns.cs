using System.Text.RegularExpressions;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>
/// The columns of a table that are not read. One that says the split must not be among them: the project would split the images itself, and
/// train on those of the test.
/// </summary>
/// <param name="path">The table, for messages.</param>
/// <param name="header">All columns as they are written.</param>
/// <param name="columns">Positions of those that are not read.</param>
internal sealed partial class UnreadColumns(string path, string[] header, int[] columns)
{
    private const int ShownColumns = 8;

    private static readonly string[] Fillers =
        [
            "is", "in", "for", "or", "data", "dataset", "set", "image", "images", "img",
            "index", "idx", "id", "name", "group", "type", "flag",
        ];

    private readonly bool[] _hasValues = new bool[header.Length];
    private readonly bool[] _hasOthers = new bool[header.Length];

    /// <summary>Looks at the values of a row.</summary>
    public void Add(string[] fields)
    {
        foreach (var column in columns)
        {
            if (string.IsNullOrWhiteSpace(fields[column])) continue;
            _hasValues[column] = true;
            if (SplitNames.Spoken(fields[column].Trim()) is null) _hasOthers[column] = true;
        }
    }

    /// <summary>Refuses a column that says the split, by its values or by its name.</summary>
    /// <param name="line">The header's line.</param>
    /// <exception cref="InvalidInputException">One does; the message names it.</exception>
    public void RequireNoSplit(int line)
    {
        if (columns.FirstOrDefault(column => _hasValues[column] && !_hasOthers[column], -1) is var named and >= 0)
            throw Refused(line, named, $"has the names of splits in all lines; call it 'split', with the names {SplitNames.All}");
        if (columns.FirstOrDefault(column => _hasValues[column] && SpeaksOfSplits(header[column]), -1) is var spoken and >= 0)
        {
            throw Refused(line, spoken, "seems to say the split and is not read; write a column 'split' with the names "
                + $"{SplitNames.All}, or remove it to have the images split anew");
        }
    }

    /// <summary>The note; a sentence without a full stop, or null where all columns are read.</summary>
    public string? Note()
    {
        string[] shown = [.. columns.Where(column => _hasValues[column]).Select(column => VocabularyFiles.Quote(header[column]))];
        if (shown.Length == 0) return null;
        var more = shown.Length > ShownColumns ? $" and {shown.Length - ShownColumns} more" : "";
        return $"{(shown.Length == 1 ? "the column" : "the columns")} {string.Join(", ", shown.Take(ShownColumns))}{more} of {path} "
            + $"{(shown.Length == 1 ? "is" : "are")} not read";
    }

    // "is_valid" and "train_test" do, "test_date" does not.
    private static bool SpeaksOfSplits(string name)
    {
        string[] words = [.. Word().Matches(name).Select(word => word.Value.ToLowerInvariant()).Except(Fillers)];
        return words.Length > 0 && words.All(word =>
            SplitNames.Find(word) is not null || word is "split" or "splits" or "partition" or "fold" or "phase");
    }

    // "isTrain" has two words as "is_train" has.
    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+")]
    private static partial Regex Word();

    private InvalidInputException Refused(int line, int column, string what) =>
        new($"{path}, line {line}: the column {VocabularyFiles.Quote(header[column])} {what}.");
}
