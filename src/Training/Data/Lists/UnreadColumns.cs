using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>
/// The columns of a table that are not read. They must not contain the split; otherwise, the images would be split again, and jobs would
/// train on test images.
/// </summary>
/// <param name="path">The path of the table, for messages.</param>
/// <param name="header">The names of all columns, as written.</param>
/// <param name="columns">The positions of the columns that are not read.</param>
internal sealed class UnreadColumns(string path, string[] header, int[] columns)
{
    private const int ShownColumns = 8;

    /// <summary>
    /// The maximum number of distinct values in a column that contains splits or folds. A column of identifiers has more values.
    /// </summary>
    private const int MaxValues = 20;

    /// <summary>The maximum length of a split name in characters. Longer fields contain text or the pixels of an image.</summary>
    private const int MaxLength = 1000;

    private static readonly string[] Fillers =
        [
            "is", "in", "for", "or", "data", "dataset", "set", "image", "images", "img",
            "index", "idx", "id", "name", "group", "type", "flag", "no", "number", "k", "cv", "sk", "stratified",
        ];

    private readonly Column[] _columns = [.. columns.Select(position => new Column(position, header[position]))];
    private int _rows;

    /// <summary>Records the values of a row.</summary>
    public void Add(string[] fields)
    {
        foreach (var column in _columns) column.Add(fields[column.Position], _rows);
        _rows++;
    }

    /// <summary>Throws an exception if the values or the name of a column suggest that it contains the split.</summary>
    /// <param name="line">The line number of the header.</param>
    /// <exception cref="InvalidInputException">A column seems to contain the split; the message names it.</exception>
    public void RequireNoSplit(int line)
    {
        if (_columns.FirstOrDefault(column => column.HasSplits) is { } named)
        {
            throw Refused(line, named, $"contains names of splits in {named.Share}; rename it to 'split', with the values "
                + $"{SplitNames.All}, or remove it to let AdaptCluster split the images");
        }
        if (_columns.FirstOrDefault(column => column.IsNamedAsSplit(_rows)) is { } spoken)
        {
            throw Refused(line, spoken, "seems to contain the split but is not read; add a column 'split' with the values "
                + $"{SplitNames.All}, or remove this column to let AdaptCluster split the images");
        }
    }

    /// <summary>Returns the note, a sentence without a full stop; null if there is nothing to report.</summary>
    public string? Note()
    {
        string[] shown = [.. _columns.Where(column => column.IsWorthANote).Select(column => QuotedText.Of(column.Name))];
        if (shown.Length == 0) return null;
        var more = shown.Length > ShownColumns ? $" and {shown.Length - ShownColumns} more" : "";
        return $"{(shown.Length == 1 ? "the column" : "the columns")} {string.Join(", ", shown.Take(ShownColumns))}{more} of {path} "
            + $"{(shown.Length == 1 ? "is" : "are")} not read";
    }

    // True for "is_valid" and "train_test", false for "test_date".
    private static bool SpeaksOfSplits(string name)
    {
        string[] words = [.. SplitNames.Words(name).Select(word => word.ToLowerInvariant()).Except(Fillers)];
        return words.Length > 0 && words.All(word => SplitNames.Find(word) is not null
            || word is "split" or "splits" or "partition" or "fold" or "folds" or "kfold" or "skfold" or "phase");
    }

    private InvalidInputException Refused(int line, Column column, string what) =>
        new($"{path}, line {line}: the column {QuotedText.Of(column.Name)} {what}.");

    /// <summary>
    /// Collects statistics about the values in one column. A table may have millions of values, so only the first few distinct values are
    /// copied.
    /// </summary>
    private sealed class Column(int position, string name)
    {
        private readonly bool _speaks = SpeaksOfSplits(name);
        private readonly HashSet<string> _splits = [];
        private readonly HashSet<string> _values = new(StringComparer.Ordinal);
        private int _filled, _spoken;

        // A column without a name that numbers the rows, as pandas writes it.
        private bool _isIndex = name.Length == 0;

        public int Position { get; } = position;

        public string Name { get; } = name;

        public bool IsWorthANote => _filled > 0 && !_isIndex;

        /// <summary>Whether at least half of the non-empty values contain a split name and these values name more than one split.</summary>
        public bool HasSplits => _splits.Count > 1 && 2 * _spoken >= _filled;

        public string Share => _spoken == _filled ? "all lines" : $"{_spoken} of {CountText.Of(_filled, "line")}";

        /// <summary>
        /// Whether the column's name mentions splits and its values could be splits: there are few distinct values, and some are repeated.
        /// An empty field is also a value.
        /// </summary>
        public bool IsNamedAsSplit(int rows)
        {
            var values = _values.Count + (_filled < rows ? 1 : 0);
            return _speaks && _filled > 0 && values is > 1 and <= MaxValues && values < rows;
        }

        public void Add(string field, int row)
        {
            var value = field.AsSpan().Trim();
            _isIndex = _isIndex && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == row;
            if (value.IsEmpty) return;
            _filled++;
            if (value.Length > MaxLength) return;
            if (SplitNames.Spoken(value) is { } split)
            {
                _spoken++;
                _splits.Add(split);
            }
            if (_speaks && _values.Count <= MaxValues) _values.GetAlternateLookup<ReadOnlySpan<char>>().Add(value);
        }
    }
}
