namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>
/// Which context tokens of one branch live: M in {0,1}, [depth, max context length] (ADAPT, section 3.2). A token that went never comes
/// back.
/// </summary>
internal sealed class ContextMask
{
    private readonly int _length;
    private int[] _live;

    /// <summary>A mask of ones.</summary>
    internal ContextMask(int depth, int length)
    {
        (Depth, _length) = (depth, length);
        _live = [.. Enumerable.Range(0, depth * length)];
    }

    /// <summary>Takes a mask as <see cref="ToBytes"/> gives it.</summary>
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

    /// <summary>Blocks with prompts.</summary>
    internal int Depth { get; }

    /// <summary>Positions of the live tokens in the row-major mask, ascending.</summary>
    internal ReadOnlySpan<int> Live => _live;

    /// <summary>Live tokens.</summary>
    internal int Count => _live.Length;

    /// <summary>Live tokens of each block.</summary>
    internal long[] CountByDepth()
    {
        var counts = new long[Depth];
        foreach (var position in _live) counts[position / _length]++;
        return counts;
    }

    /// <summary>Clears tokens.</summary>
    /// <param name="removed">Indices into <see cref="Live"/>.</param>
    /// <returns>Indices into the old <see cref="Live"/> of the tokens that are left, ascending.</returns>
    internal int[] Remove(IReadOnlyCollection<int> removed)
    {
        var kept = Enumerable.Range(0, _live.Length).Except(removed).ToArray();
        _live = Array.ConvertAll(kept, i => _live[i]);
        return kept;
    }

    /// <summary>Row-major [depth, max context length], one byte a token: 1 lives.</summary>
    internal byte[] ToBytes()
    {
        var bytes = new byte[Depth * _length];
        foreach (var position in _live) bytes[position] = 1;
        return bytes;
    }
}
