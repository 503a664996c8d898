using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// Lets lanes with different numbers of prompt rows share one attention call a block: each lane's rows are filled up to the largest number,
/// and an additive mask hides the filling. A GPU waits for launches, and a call for each lane is slower than a larger one; on a CPU lanes
/// are attended to in turn, because padding would change a lane's digits with its neighbours. What the numbers of rows determine is kept
/// until they change, which is at prune steps. For one thread and the sequences of one tower.
/// </summary>
internal sealed class PromptPadding : IDisposable
{
    private readonly List<PaddedBlock> _blocks = [];

    /// <summary>Padding where the backbone asks for it, else null.</summary>
    internal static PromptPadding? For(IBackbone model) => model.PadsPrompts ? new PromptPadding() : null;

    /// <summary>The padding of one block.</summary>
    /// <param name="block">The block's index; those before it were asked for already.</param>
    /// <param name="counts">Prompt rows of each lane.</param>
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

/// <summary>The padding of one block.</summary>
internal sealed class PaddedBlock : IDisposable
{
    /// <summary>Padded lanes have a multiple of this many prompt rows, so that few shapes occur.</summary>
    private const int Multiple = 8;

    /// <summary>The rows of a mask start at a multiple of this many entries: memory-efficient attention copies others each time.</summary>
    private const int MaskStride = 16;

    private static readonly Scalar _hidden = float.NegativeInfinity.ToScalar();

    private readonly bool _equal;
    private torch.Tensor? _places;
    private (object Layout, torch.ScalarType Type, AttentionMasks Masks)? _masks;

    /// <summary>Finds how many rows each lane gets.</summary>
    /// <param name="counts">Prompt rows of each lane.</param>
    internal PaddedBlock(int[] counts)
    {
        var largest = counts.Max();
        (Counts, _equal) = (counts, counts.All(count => count == largest));
        Rows = _equal ? largest : RoundedUp(largest, Multiple);
    }

    /// <summary>Prompt rows of each lane.</summary>
    internal int[] Counts { get; }

    /// <summary>Rows that every lane has in the padded form.</summary>
    internal int Rows { get; }

    /// <summary>
    /// Fills up with zeros, never with another lane's rows: a lane whose numbers are not finite must not reach its neighbours.
    /// </summary>
    /// <param name="rows">[sum of the counts, width].</param>
    /// <returns>[lanes · rows, width].</returns>
    internal torch.Tensor Spread(torch.Tensor rows)
    {
        if (_equal) return rows;
        _places ??= torch.tensor(
            Counts.SelectMany((count, lane) => Enumerable.Range(0, count).Select(row => ((long)lane * Rows) + row)).ToArray(),
            device: rows.device).DetachFromDisposeScope();
        var filling = torch.zeros((long)Counts.Length * Rows, rows.shape[1], dtype: rows.dtype, device: rows.device);
        // Its backward pass is a gather, which adds nothing up: the same digits in each run.
        return filling.index_copy(0, _places, rows);
    }

    /// <summary>The masks of all lanes, which hide their filling.</summary>
    /// <param name="sequences">How to read the token rows.</param>
    /// <param name="type">The type of queries and keys.</param>
    /// <param name="device">Where they are.</param>
    /// <returns>As <see cref="AttentionMasks"/>, lane after lane.</returns>
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

    /// <param name="seen">[count, 1, queries, keys] of one lane; null where every key is seen.</param>
    /// <param name="count">Sequences of a lane.</param>
    /// <param name="keys">Keys of a sequence.</param>
    /// <param name="type">The result's type.</param>
    /// <param name="device">The result's device.</param>
    /// <returns>[lanes · count, 1, queries or 1, keys]; null where every key is seen.</returns>
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
