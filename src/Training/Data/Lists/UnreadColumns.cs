using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>
/// The columns of a table that are not read. One that says the split must not be among them: the project would split the images itself, and
/// train on those of the test.
/// </summary>
/// <param name="path">The table, for messages.</param>
/// <param name="header">All columns as they are written.</param>
/// <param name="columns">Positions of those that are not read.</param>
internal sealed class UnreadColumns(string path, string[] header, int[] columns)
{
    private const int ShownColumns = 8;

    /// <summary>The most values of a column that says the split or the fold; one of identifiers has more.</summary>
    private const int MaxValues = 20;

    /// <summary>The longest field that may be the name of a split; others are texts, or the pixels of an image.</summary>
    private const int MaxLength = 1000;

    private static readonly string[] Fillers =
        [
            "is", "in", "for", "or", "data", "dataset", "set", "image", "images", "img",
            "index", "idx", "id", "name", "group", "type", "flag", "no", "number", "k", "cv", "sk", "stratified",
        ];

    private readonly Column[] _columns = [.. columns.Select(position => new Column(position, header[position]))];
    private int _rows;

    /// <summary>Looks at the values of a row.</summary>
    public void Add(string[] fields)
    {
        foreach (var column in _columns) column.Add(fields[column.Position], _rows);
        _rows++;
    }

    /// <summary>Refuses a column that says the split, by its values or by its name.</summary>
    /// <param name="line">The header's line.</param>
    /// <exception cref="InvalidInputException">One does; the message names it.</exception>
    public void RequireNoSplit(int line)
    {
        if (_columns.FirstOrDefault(column => column.HasSplits) is { } named)
        {
            throw Refused(line, named, $"has the names of splits in {named.Share}; call it 'split', with the names {SplitNames.All}, "
                + "or remove it to have the images split anew");
        }
        if (_columns.FirstOrDefault(column => column.IsNamedAsSplit(_rows)) is { } spoken)
        {
            throw Refused(line, spoken, "seems to say the split and is not read; write a column 'split' with the names "
                + $"{SplitNames.All}, or remove it to have the images split anew");
        }
    }

    /// <summary>The note; a sentence without a full stop, or null where all columns are read.</summary>
    public string? Note()
    {
        string[] shown = [.. _columns.Where(column => column.IsWorthANote).Select(column => QuotedText.Of(column.Name))];
        if (shown.Length == 0) return null;
        var more = shown.Length > ShownColumns ? $" and {shown.Length - ShownColumns} more" : "";
        return $"{(shown.Length == 1 ? "the column" : "the columns")} {string.Join(", ", shown.Take(ShownColumns))}{more} of {path} "
            + $"{(shown.Length == 1 ? "is" : "are")} not read";
    }

    // "is_valid" and "train_test" do, "test_date" does not.
    private static bool SpeaksOfSplits(string name)
    {
        string[] words = [.. SplitNames.Words(name).Select(word => word.ToLowerInvariant()).Except(Fillers)];
        return words.Length > 0 && words.All(word => SplitNames.Find(word) is not null
            || word is "split" or "splits" or "partition" or "fold" or "folds" or "kfold" or "skfold" or "phase");
    }

    private InvalidInputException Refused(int line, Column column, string what) =>
        new($"{path}, line {line}: the column {QuotedText.Of(column.Name)} {what}.");

    /// <summary>What the values of one column are. A table may have millions: none is copied but the first few different ones.</summary>
    private sealed class Column(int position, string name)
    {
        private readonly bool _speaks = SpeaksOfSplits(name);
        private readonly HashSet<string> _splits = [];
        private readonly HashSet<string> _values = new(StringComparer.Ordinal);
        private int _filled, _spoken;

        // As pandas writes the numbers of rows.
        private bool _isIndex = name.Length == 0;

        public int Position { get; } = position;

        public string Name { get; } = name;

        public bool IsWorthANote => _filled > 0 && !_isIndex;

        /// <summary>A word of its values says a split in at least half of them, and not the same in all.</summary>
        public bool HasSplits => _splits.Count > 1 && 2 * _spoken >= _filled;

        public string Share => _spoken == _filled ? "all lines" : $"{_spoken} of {CountText.Of(_filled, "line")}";

        /// <summary>Whether its name speaks of splits, and its values may tell them: a few that occur again. Empty is one too.</summary>
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
