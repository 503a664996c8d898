using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// Pads the prompt rows of lanes so that lanes with different numbers of rows can share one attention call per block. An additive mask
/// hides the padding. On a GPU, launch overhead makes one larger call faster than one call per lane. On a CPU, lanes use separate calls,
/// because padding would make a lane's results depend on its neighbours. Values that depend on the numbers of rows are cached until a prune
/// step changes those numbers. Not thread-safe; an instance serves the sequences of one tower only.
/// </summary>
internal sealed class PromptPadding : IDisposable
{
    private readonly List<PaddedBlock> _blocks = [];

    /// <summary>Returns the padding for a backbone; null if the backbone does not use padding.</summary>
    internal static PromptPadding? For(IBackbone model) => model.PadsPrompts ? new PromptPadding() : null;

    /// <summary>Returns the padding for one block.</summary>
    /// <param name="block">The block's index; all earlier blocks must have been requested already.</param>
    /// <param name="counts">The number of prompt rows in each lane.</param>
    internal PaddedBlock At(int block, int[] counts)
    {
        if (block == _blocks.Count) _blocks.Add(new PaddedBlock(counts));
        if (_blocks[block].Counts.SequenceEqual(counts)) return _blocks[block];
        _blocks[block].Dispose();
        return _blocks[block] = new PaddedBlock(counts);
    }

    public void Dispose()
    {
        foreach (var block in _blocks) block.Dispose();
    }
}

/// <summary>The padding for one block.</summary>
internal sealed class PaddedBlock : IDisposable
{
    /// <summary>The number of prompt rows is padded to a multiple of this value, to limit the number of different shapes.</summary>
    private const int Multiple = 8;

    /// <summary>The alignment of mask rows, in entries. With any other alignment, memory-efficient attention copies the mask in every
    /// call.</summary>
    private const int MaskStride = 16;

    private static readonly Scalar _hidden = float.NegativeInfinity.ToScalar();

    private readonly bool _equal;
    private torch.Tensor? _places;
    private (object Layout, torch.ScalarType Type, AttentionMasks Masks)? _masks;

    /// <summary>Initializes the padding, computing the number of rows in each lane after padding.</summary>
    /// <param name="counts">The number of prompt rows in each lane.</param>
    internal PaddedBlock(int[] counts)
    {
        var largest = counts.Max();
        (Counts, _equal) = (counts, counts.All(count => count == largest));
        Rows = _equal ? largest : RoundedUp(largest, Multiple);
    }

    /// <summary>The number of prompt rows in each lane before padding.</summary>
    internal int[] Counts { get; }

    /// <summary>The number of rows in each lane after padding.</summary>
    internal int Rows { get; }

    /// <summary>Pads lanes with zeros, never with rows of other lanes, so that non-finite values in one lane cannot affect its
    /// neighbours.</summary>
    /// <param name="rows">The rows of all lanes, [sum of the counts, width].</param>
    /// <returns>The padded rows, [lanes · rows, width].</returns>
    internal torch.Tensor Spread(torch.Tensor rows)
    {
        if (_equal) return rows;
        _places ??= torch.tensor(
            Counts.SelectMany((count, lane) => Enumerable.Range(0, count).Select(row => ((long)lane * Rows) + row)).ToArray(),
            device: rows.device).DetachFromDisposeScope();
        var filling = torch.zeros((long)Counts.Length * Rows, rows.shape[1], dtype: rows.dtype, device: rows.device);
        // The backward pass is a gather without summation, so the result is the same in every run.
        return filling.index_copy(0, _places, rows);
    }

    /// <summary>Returns the masks that hide the padding in all lanes.</summary>
    /// <param name="sequences">The layout of the token rows.</param>
    /// <param name="type">The data type of queries and keys.</param>
    /// <param name="device">The device of the masks.</param>
    /// <returns>The masks, shaped as in <see cref="AttentionMasks"/>, one lane after another.</returns>
    internal AttentionMasks Masks(Sequences sequences, torch.ScalarType type, torch.Device device)
    {
        if (_masks is var (layout, kept, masks) && kept == type && layout.Equals(sequences.Layout)) return masks;
        using var scope = torch.NewDisposeScope();
        DisposeMasks();
        var seen = sequences.Masks(Rows, type);
        torch.Tensor? For(torch.Tensor? one, int count, int keys) => OfLanes(one, count, keys, type, device);
        var all = Rows + sequences.Shared + sequences.Own;
        masks = new AttentionMasks(sequences.Shared == 0 ? null : For(seen.Shared, 1, Rows + sequences.Shared),
            For(seen.Own, sequences.Count, all), For(seen.ReadOut, sequences.Count, all));
        _masks = (sequences.Layout, type, masks);
        return masks;
    }

    public void Dispose()
    {
        _places?.Dispose();
        DisposeMasks();
    }

    private static int RoundedUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <param name="seen">The mask of one lane, [count, 1, queries, keys]; null if every key is visible.</param>
    /// <param name="count">The number of sequences per lane.</param>
    /// <param name="keys">The number of keys per sequence.</param>
    /// <param name="type">The data type of the result.</param>
    /// <param name="device">The device of the result.</param>
    /// <returns>The masks of all lanes, [lanes · count, 1, queries or 1, keys]; null if every key is visible.</returns>
    private torch.Tensor? OfLanes(torch.Tensor? seen, int count, int keys, torch.ScalarType type, torch.Device device)
    {
        if (seen is null && _equal) return null;
        var (lanes, queries) = (Counts.Length, seen?.shape[2] ?? 1);
        var whole = torch.zeros([lanes, count, 1, queries, RoundedUp(keys, MaskStride)], dtype: type, device: device);
        var mask = whole.narrow(4, 0, keys);
        if (seen is not null) mask.copy_(seen.expand(lanes, -1, -1, -1, -1));
        for (var lane = 0; lane < lanes; lane++)
        {
            if (Counts[lane] < Rows) mask[lane].narrow(3, Counts[lane], Rows - Counts[lane]).fill_(_hidden);
        }
        return whole.flatten(0, 1).narrow(3, 0, keys).DetachFromDisposeScope();
    }

    private void DisposeMasks()
    {
        if (_masks is not var (_, _, masks)) return;
        foreach (var mask in (torch.Tensor?[])[masks.Shared, masks.Own, masks.ReadOut]) mask?.Dispose();
        _masks = null;
    }
}
