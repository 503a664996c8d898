namespace AdaptCluster.Training.Backbones;

/// <summary>Which token of which text stands in which row. It follows from the texts alone.</summary>
internal sealed class TextPacking
{
    /// <summary>A row that belongs to the tokens that all texts start with.</summary>
    private const int Common = -1;

    /// <summary>A row that fills up a sequence.</summary>
    private const int Filler = -2;

    private readonly (int Text, int Position)[][] _rows;
    private readonly int[][] _members;

    private TextPacking(int[] ends, int commonStart, int[][] members)
    {
        (CommonStart, _members) = (commonStart, members);
        // In a single sequence the common start can stand among the other rows: nobody else reads it.
        Shared = members.Length > 1 ? commonStart : 0;
        _rows = [.. members.Select(group => Lay(ends, group).ToArray())];
        Own = _rows.Max(sequence => sequence.Length);
        Read = members.Max(group => group.Length);
        Places = new int[ends.Length];
        for (var sequence = 0; sequence < members.Length; sequence++)
            for (var slot = 0; slot < members[sequence].Length; slot++) Places[members[sequence][slot]] = (sequence * Read) + slot;
        ReadRows = [.. Enumerable.Range(0, Count * Read).Select(i => ((long)(i / Read) * Own) + ReadRow(i / Read, i % Read))];
    }

    /// <summary>Sequences.</summary>
    internal int Count => _members.Length;

    /// <summary>Rows of each sequence behind the shared ones.</summary>
    internal int Own { get; }

    /// <summary>Rows in front of the first sequence that all of them share.</summary>
    internal int Shared { get; }

    /// <summary>Most texts of a sequence.</summary>
    internal int Read { get; }

    /// <summary>Tokens that all texts start with.</summary>
    internal int CommonStart { get; }

    /// <summary>By text: its sequence times <see cref="Read"/>, plus its place among the texts of the sequence.</summary>
    internal int[] Places { get; }

    /// <summary>The rows that are read out, counted from the first sequence's first: <see cref="Read"/> for each sequence.</summary>
    internal long[] ReadRows { get; }

    /// <summary>Packs texts.</summary>
    /// <param name="texts">Token ids; the text ends at the first position of its largest id.</param>
    /// <param name="rowsPerSequence">About how many rows make a sequence.</param>
    internal static TextPacking Of(IReadOnlyList<long[]> texts, int rowsPerSequence)
    {
        var ends = texts.Select(text => Array.IndexOf(text, text.Max())).ToArray();
        var common = CommonStartOf(texts, ends);
        var rows = ends.Sum(end => end + 1L - common);
        var sequences = (int)Math.Clamp((rows + (rowsPerSequence / 2)) / rowsPerSequence, 1, texts.Count);
        // Dealt out like cards, the longest first and back and forth: as many texts and about as many rows for each sequence.
        var dealt = Enumerable.Range(0, texts.Count).OrderByDescending(text => ends[text])
            .Select((text, turn) => (text, Seat(turn, sequences)));
        var members = dealt.GroupBy(card => card.Item2, card => card.text).OrderBy(hand => hand.Key).Select(hand => hand.Order().ToArray());
        return new TextPacking(ends, common, sequences == texts.Count
            ? [.. Enumerable.Range(0, texts.Count).Select(text => (int[])[text])] : [.. members]);
    }

    /// <summary>The id and position of every row, shared ones first.</summary>
    internal (long[] Ids, long[] Positions) Rows(IReadOnlyList<long[]> texts)
    {
        var (ids, positions) = (new long[Shared + (Count * Own)], new long[Shared + (Count * Own)]);
        for (var i = 0; i < Shared; i++) (ids[i], positions[i]) = (texts[0][i], i);
        for (var i = Shared; i < ids.Length; i++)
        {
            var (text, position) = At((i - Shared) / Own, (i - Shared) % Own);
            (ids[i], positions[i]) = (text == Filler ? 0 : texts[Math.Max(0, text)][position], position);
        }
        return (ids, positions);
    }

    /// <summary>Whether a row of a sequence sees another: one not behind it, of the same text or of what all texts start with.</summary>
    internal bool Sees(int sequence, int row, int key)
    {
        // What fills up must see something, or it would be no number.
        if (row == key) return true;
        var (asking, asked) = (At(sequence, row), At(sequence, key));
        return asking.Text != Filler && (asked.Text == asking.Text || asked.Text == Common) && asked.Position <= asking.Position;
    }

    /// <summary>The row of a sequence where one of its texts is read; where it has fewer texts, its first one's again.</summary>
    internal int ReadRow(int sequence, int slot)
    {
        var text = _members[sequence][slot < _members[sequence].Length ? slot : 0];
        return Array.FindLastIndex(_rows[sequence], row => row.Text == text);
    }

    private static int Seat(int turn, int seats) => turn / seats % 2 == 0 ? turn % seats : seats - 1 - (turn % seats);

    // A single text shares nothing with others; an end must stay among the own rows, where it is read.
    private static int CommonStartOf(IReadOnlyList<long[]> texts, int[] ends)
    {
        if (texts.Count == 1) return 0;
        var limit = ends.Min();
        for (var i = 0; i < limit; i++)
        {
            if (texts.Any(text => text[i] != texts[0][i])) return i;
        }
        return limit;
    }

    private IEnumerable<(int Text, int Position)> Lay(int[] ends, int[] group)
    {
        for (var i = Shared; i < CommonStart; i++) yield return (Common, i);
        foreach (var text in group)
            for (var i = CommonStart; i <= ends[text]; i++) yield return (text, i);
    }

    private (int Text, int Position) At(int sequence, int row) => row < _rows[sequence].Length ? _rows[sequence][row] : (Filler, 0);
}
