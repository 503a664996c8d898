namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>
/// Which context tokens of one branch are live: M in {0,1}, [depth, max context length] (ADAPT, section 3.2). A removed token never comes
/// back.
/// </summary>
internal sealed class ContextMask
{
    private readonly int _length;
    private int[] _live;

    /// <summary>Creates a mask of ones.</summary>
    internal ContextMask(int depth, int length)
    {
        (Depth, _length) = (depth, length);
        _live = [.. Enumerable.Range(0, depth * length)];
    }

    /// <summary>Creates a mask from the bytes that <see cref="ToBytes"/> returns.</summary>
    internal ContextMask(int depth, int length, ReadOnlySpan<byte> mask)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, depth * length);
        (Depth, _length) = (depth, length);
        var live = new List<int>();
        for (var i = 0; i < mask.Length; i++)
        {
            if (mask[i] != 0) live.Add(i);
        }
        _live = [.. live];
    }

    /// <summary>The number of blocks with prompts.</summary>
    internal int Depth { get; }

    /// <summary>Positions of the live tokens in the row-major mask, ascending.</summary>
    internal ReadOnlySpan<int> Live => _live;

    /// <summary>The number of live tokens.</summary>
    internal int Count => _live.Length;

    /// <summary>The number of live tokens in each block.</summary>
    internal long[] CountByDepth()
    {
        var counts = new long[Depth];
        foreach (var position in _live) counts[position / _length]++;
        return counts;
    }

    /// <summary>Removes tokens from the mask.</summary>
    /// <param name="removed">Indices into <see cref="Live"/>.</param>
    /// <returns>Indices into the old <see cref="Live"/> of the remaining tokens, ascending.</returns>
    internal int[] Remove(IReadOnlyCollection<int> removed)
    {
        var kept = Enumerable.Range(0, _live.Length).Except(removed).ToArray();
        _live = Array.ConvertAll(kept, i => _live[i]);
        return kept;
    }

    /// <summary>The mask as row-major [depth, max context length], one byte per token: 1 for a live token.</summary>
    internal byte[] ToBytes()
    {
        var bytes = new byte[Depth * _length];
        foreach (var position in _live) bytes[position] = 1;
        return bytes;
    }
}
