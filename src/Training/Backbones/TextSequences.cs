using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// The layout of texts. Each text is cut after its end-of-text token, because the causal mask keeps later tokens from affecting the result.
/// The tokens that all texts start with ("a photo of a") have the same context in every text, so they are computed once. The rest of each
/// text is short, so several texts share a sequence, and the mask hides them from each other. This layout needs little padding, and only
/// one set of prompt keys per sequence.
/// </summary>
internal sealed class TextSequences : Sequences, IDisposable
{
    private readonly TextPacking _packing;
    private readonly Dictionary<int, torch.Tensor> _readRows = [], _places = [];
    private readonly torch.Device _device;
    private readonly bool _inOrder;
    private readonly Dictionary<torch.ScalarType, MaskStore> _masks = [];

    private TextSequences(TextPacking packing, torch.Device device)
    {
        (_packing, _device) = (packing, device);
        _inOrder = packing.Places.SequenceEqual(Enumerable.Range(0, packing.Count * packing.Read));
    }

    /// <summary>The number of texts per lane.</summary>
    internal int Texts => _packing.Places.Length;

    /// <summary>The number of leading tokens that all texts have in common.</summary>
    internal int CommonStart => _packing.CommonStart;

    /// <summary>Lays out texts.</summary>
    /// <param name="texts">The token ids, one row of at least two ids per text. A text ends at the first occurrence of its largest
    /// id.</param>
    /// <param name="rowsPerSequence">The approximate number of token rows per sequence; 1 for one sequence per text.</param>
    /// <param name="device">The device of the masks.</param>
    /// <returns>The layout, and the token id and position of each of its rows.</returns>
    internal static (TextSequences Sequences, long[] Ids, long[] Positions) Lay(
        IReadOnlyList<long[]> texts, int rowsPerSequence, torch.Device device)
    {
        var packing = TextPacking.Of(texts, rowsPerSequence);
        var (ids, positions) = packing.Rows(texts);
        return (new TextSequences(packing, device)
        {
            Count = packing.Count,
            Own = packing.Own,
            Shared = packing.Shared,
            Read = packing.Read
        }, ids, positions);
    }

    public override AttentionMasks Masks(int prompts, torch.ScalarType type = torch.ScalarType.Float32)
    {
        if (!_masks.TryGetValue(type, out var masks) || masks.Prompts < prompts)
        {
            masks?.Dispose();
            _masks[type] = masks = new MaskStore(_packing, prompts, type, _device);
        }
        return masks.For(prompts);
    }

    public override torch.Tensor ReadOut(torch.Tensor rows, int lanes)
    {
        if (!_readRows.TryGetValue(lanes, out var read))
        {
            var perLane = (long)Count * Own;
            _readRows[lanes] = read = Indices(lanes, lane => _packing.ReadRows.Select(row => (lanes * Shared) + (lane * perLane) + row));
        }
        return rows.index_select(0, read);
    }

    /// <summary>Repeats the rows of one lane for several lanes, with the shared rows of all lanes first.</summary>
    /// <param name="rows">The rows of one lane, [shared + count · own, width].</param>
    /// <param name="lanes">The number of lanes.</param>
    /// <returns>The rows of all lanes, [lanes · (shared + count · own), width].</returns>
    internal torch.Tensor Repeat(torch.Tensor rows, int lanes)
    {
        using var scope = torch.NewDisposeScope();
        var parts = rows.split([Shared, (long)Count * Own], 0);
        return torch.cat([.. parts.Select(part => part.repeat(lanes, 1))], 0).MoveToOuterDisposeScope();
    }

    /// <summary>Puts the read-out rows into the order of the texts.</summary>
    /// <param name="read">The read-out rows, [lanes · count · read, n].</param>
    /// <param name="lanes">The number of lanes.</param>
    /// <returns>The reordered rows, [lanes · texts, n].</returns>
    internal torch.Tensor InOrder(torch.Tensor read, int lanes)
    {
        if (_inOrder) return read;
        if (!_places.TryGetValue(lanes, out var places))
            _places[lanes] = places = Indices(lanes, lane => _packing.Places.Select(place => ((long)lane * Count * Read) + place));
        return read.index_select(0, places);
    }

    public void Dispose()
    {
        foreach (var rows in _readRows.Values.Concat(_places.Values)) rows.Dispose();
        foreach (var masks in _masks.Values) masks.Dispose();
    }

    private torch.Tensor Indices(int lanes, Func<int, IEnumerable<long>> ofLane) =>
        torch.tensor(Enumerable.Range(0, lanes).SelectMany(ofLane).ToArray(), device: _device).DetachFromDisposeScope();

    /// <summary>
    /// Keeps the masks for the largest number of prompt rows that was requested so far. All rows attend to all prompts, so masks for fewer
    /// prompt rows are slices of these masks.
    /// </summary>
    private sealed class MaskStore : IDisposable
    {
        private readonly torch.Tensor? _shared;
        private readonly torch.Tensor _own, _read;

        internal MaskStore(TextPacking packing, int prompts, torch.ScalarType type, torch.Device device)
        {
            Prompts = prompts;
            var seen = prompts + packing.Shared;
            torch.Tensor Mask(long[] shape, Func<int, int, int, bool> sees)
            {
                var (queries, keys) = ((int)shape[2], (int)shape[3]);
                var values = new float[shape[0] * queries * keys];
                for (var i = 0; i < values.Length; i++)
                    values[i] = sees(i / keys / queries, i / keys % queries, i % keys) ? 0 : float.NegativeInfinity;
                using var scope = torch.NewDisposeScope();
                return NativeTensors.Of(values, device, shape).to_type(type).DetachFromDisposeScope();
            }
            if (packing.Shared > 0) _shared = Mask([1, 1, packing.Shared, seen], (_, query, key) => key - prompts <= query);
            long keys = seen + packing.Own;
            bool Sees(int sequence, int row, int key) => key < seen || packing.Sees(sequence, row, key - seen);
            _own = Mask([packing.Count, 1, packing.Own, keys], Sees);
            _read = Mask([packing.Count, 1, packing.Read, keys], (sequence, slot, key) =>
                Sees(sequence, packing.ReadRow(sequence, slot), key));
        }

        internal int Prompts { get; }

        internal AttentionMasks For(int prompts)
        {
            torch.Tensor Cut(torch.Tensor mask) =>
                prompts == Prompts ? mask : mask.narrow(3, Prompts - prompts, mask.shape[3] - Prompts + prompts);
            return new AttentionMasks(_shared is null ? null : Cut(_shared), Cut(_own), Cut(_read));
        }

        public void Dispose()
        {
            foreach (var mask in (torch.Tensor?[])[_shared, _own, _read]) mask?.Dispose();
        }
    }
}
