namespace AdaptCluster.Training.Backbones;

/// <summary>Assigns the tokens of texts to the rows of sequences. The assignment depends only on the texts and the rows per
/// sequence.</summary>
internal sealed class TextPacking
{
    /// <summary>Marks a row that belongs to the common start: the tokens that all texts start with.</summary>
    private const int Common = -1;

    /// <summary>Marks a padding row.</summary>
    private const int Filler = -2;

    private readonly (int Text, int Position)[][] _rows;
    private readonly int[][] _members;

    private TextPacking(int[] ends, int commonStart, int[][] members)
    {
        (CommonStart, _members) = (commonStart, members);
        // In a single sequence, the common start stays among the own rows, since no other sequence uses it.
        Shared = members.Length > 1 ? commonStart : 0;
        _rows = [.. members.Select(group => Lay(ends, group).ToArray())];
        Own = _rows.Max(sequence => sequence.Length);
        Read = members.Max(group => group.Length);
        Places = new int[ends.Length];
        for (var sequence = 0; sequence < members.Length; sequence++)
            for (var slot = 0; slot < members[sequence].Length; slot++) Places[members[sequence][slot]] = (sequence * Read) + slot;
        ReadRows = [.. Enumerable.Range(0, Count * Read).Select(i => ((long)(i / Read) * Own) + ReadRow(i / Read, i % Read))];
    }

    /// <summary>The number of sequences.</summary>
    internal int Count => _members.Length;

    /// <summary>The number of rows in each sequence, not counting shared rows.</summary>
    internal int Own { get; }

    /// <summary>The number of rows that all sequences share. They come before the first sequence.</summary>
    internal int Shared { get; }

    /// <summary>The largest number of texts in a sequence.</summary>
    internal int Read { get; }

    /// <summary>The number of tokens that all texts start with.</summary>
    internal int CommonStart { get; }

    /// <summary>The index of each text among the read-out rows: its sequence times <see cref="Read"/>, plus its index within the
    /// sequence.</summary>
    internal int[] Places { get; }

    /// <summary>The indices of the read-out rows, <see cref="Read"/> for each sequence, counted from the first row of the first
    /// sequence.</summary>
    internal long[] ReadRows { get; }

    /// <summary>Packs texts into sequences.</summary>
    /// <param name="texts">The token ids of each text; a text ends at the first occurrence of its largest id.</param>
    /// <param name="rowsPerSequence">The approximate number of rows per sequence.</param>
    internal static TextPacking Of(IReadOnlyList<long[]> texts, int rowsPerSequence)
    {
        var ends = texts.Select(text => Array.IndexOf(text, text.Max())).ToArray();
        var common = CommonStartOf(texts, ends);
        var rows = ends.Sum(end => end + 1L - common);
        var sequences = (int)Math.Clamp((rows + (rowsPerSequence / 2)) / rowsPerSequence, 1, texts.Count);
        // Texts are assigned to the sequences back and forth, the longest first, so that sequences get about the same number of texts and
        // rows.
        var dealt = Enumerable.Range(0, texts.Count).OrderByDescending(text => ends[text])
            .Select((text, turn) => (text, Seat(turn, sequences)));
        var members = dealt.GroupBy(card => card.Item2, card => card.text).OrderBy(hand => hand.Key).Select(hand => hand.Order().ToArray());
        return new TextPacking(ends, common, sequences == texts.Count
            ? [.. Enumerable.Range(0, texts.Count).Select(text => (int[])[text])] : [.. members]);
    }

    /// <summary>Returns the token id and the position of every row, shared rows first.</summary>
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

    /// <summary>Causal mask: a row attends to itself, to earlier rows of its own text and to the shared prefix.</summary>
    internal bool Sees(int sequence, int row, int key)
    {
        // A padding row must attend to at least one row; otherwise, its result would be NaN.
        if (row == key) return true;
        var (asking, asked) = (At(sequence, row), At(sequence, key));
        return asking.Text != Filler && (asked.Text == asking.Text || asked.Text == Common) && asked.Position <= asking.Position;
    }

    /// <summary>
    /// Returns the row at which the text in a slot of a sequence is read out. If the slot is empty, returns the row of the sequence's first
    /// text.
    /// </summary>
    internal int ReadRow(int sequence, int slot)
    {
        var text = _members[sequence][slot < _members[sequence].Length ? slot : 0];
        return Array.FindLastIndex(_rows[sequence], row => row.Text == text);
    }

    private static int Seat(int turn, int seats) => turn / seats % 2 == 0 ? turn % seats : seats - 1 - (turn % seats);

    // A single text has no rows to share. End tokens must stay among the own rows, where they are read out.
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
