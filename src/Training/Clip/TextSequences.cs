using TorchSharp;

namespace AdaptCluster.Training.Clip;

/// <summary>
/// Texts, cut behind the last end-of-text token of all of them: with the causal mask nothing behind it reaches what is read out. The tokens
/// that all texts start with ("a photo of a") see the same in each of them, so they are computed once.
/// </summary>
internal sealed class TextSequences : Sequences, IDisposable
{
    private readonly Dictionary<int, AttentionMasks> _masks = [];
    private readonly Dictionary<int, torch.Tensor> _readRows = [];
    private readonly torch.Device _device;
    private readonly int[] _ends;

    private TextSequences(int[] ends, int shared, int own, torch.Device device)
    {
        (_ends, Shared, Own, Count, _device) = (ends, shared, own, ends.Length, device);
    }

    /// <summary>Lays texts out.</summary>
    /// <param name="texts">Token ids, one row a text, all rows at least two long. The text ends at the first position of its largest
    /// id.</param>
    /// <param name="device">Where the masks live.</param>
    /// <returns>The layout, and the id and position of every row in it.</returns>
    internal static (TextSequences Sequences, long[] Ids, long[] Positions) Lay(IReadOnlyList<long[]> texts, torch.Device device)
    {
        var ends = texts.Select(t => Array.IndexOf(t, t.Max())).ToArray();
        var shared = CommonStart(texts, ends);
        var length = ends.Max() + 1;
        var own = length - shared;
        var ids = new long[shared + (texts.Count * own)];
        var positions = new long[ids.Length];
        for (var i = 0; i < shared; i++) (ids[i], positions[i]) = (texts[0][i], i);
        for (var text = 0; text < texts.Count; text++)
        {
            for (var i = shared; i < length; i++)
            {
                var row = shared + (text * own) + i - shared;
                (ids[row], positions[row]) = (i < texts[text].Length ? texts[text][i] : 0, i);
            }
        }
        return (new TextSequences(ends, shared, own, device) { Count = texts.Count, Own = own, Shared = shared }, ids, positions);
    }

    internal override AttentionMasks Masks(int prompts)
    {
        if (!_masks.TryGetValue(prompts, out var masks)) _masks[prompts] = masks = MakeMasks(prompts);
        return masks;
    }

    internal override torch.Tensor ReadOut(torch.Tensor rows, int lanes)
    {
        if (!_readRows.TryGetValue(lanes, out var read)) _readRows[lanes] = read = MakeReadRows(lanes);
        return rows.index_select(0, read);
    }

    public void Dispose()
    {
        foreach (var rows in _readRows.Values) rows.Dispose();
        foreach (var masks in _masks.Values)
        {
            masks.Shared?.Dispose();
            masks.Own?.Dispose();
            masks.ReadOut?.Dispose();
        }
    }

    // A single text shares nothing with others; an end must stay among the own rows, where it is read.
    private static int CommonStart(IReadOnlyList<long[]> texts, int[] ends)
    {
        if (texts.Count == 1) return 0;
        var limit = ends.Min();
        for (var i = 0; i < limit; i++)
        {
            if (texts.Any(t => t[i] != texts[0][i])) return i;
        }
        return limit;
    }

    private torch.Tensor MakeReadRows(int lanes)
    {
        var rows = new long[lanes * Count];
        for (var i = 0; i < rows.Length; i++) rows[i] = (lanes * Shared) + ((long)i * Own) + _ends[i % Count] - Shared;
        return torch.tensor(rows, device: _device).DetachFromDisposeScope();
    }

    private AttentionMasks MakeMasks(int prompts)
    {
        var seen = prompts + Shared;
        var keys = seen + Own;
        var shared = Shared == 0 ? null : Mask([Shared, seen], (query, key) => key < prompts || key - prompts <= query);
        var own = Mask([Own, keys], (query, key) => key < seen || key - seen <= query);
        var read = Mask([Count, 1, 1, keys], (text, key) => key < seen || key - prompts <= _ends[text]);
        return new AttentionMasks(shared, own, read);
    }

    private torch.Tensor Mask(long[] shape, Func<int, int, bool> sees)
    {
        var keys = (int)shape[^1];
        var values = new float[shape[0] * keys];
        for (var i = 0; i < values.Length; i++) values[i] = sees(i / keys, i % keys) ? 0 : float.NegativeInfinity;
        return torch.tensor(values, shape, device: _device).DetachFromDisposeScope();
    }
}
