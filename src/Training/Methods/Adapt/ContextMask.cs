namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>
/// The mask for the live context tokens of one branch: M in {0,1}, [depth, max context length] (ADAPT, section 3.2). A removed token is
/// never restored.
/// </summary>
internal sealed class ContextMask
{
    private readonly int _length;
    private int[] _live;

    /// <summary>Initializes a mask in which all tokens are live.</summary>
    internal ContextMask(int depth, int length)
    {
        (Depth, _length) = (depth, length);
        _live = [.. Enumerable.Range(0, depth * length)];
    }

    /// <summary>Initializes a mask from the bytes that <see cref="ToBytes"/> returns.</summary>
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

    /// <summary>The positions of the live tokens in the row-major mask, in ascending order.</summary>
    internal ReadOnlySpan<int> Live => _live;

    /// <summary>The number of live tokens.</summary>
    internal int Count => _live.Length;

    /// <summary>Returns the number of live tokens in each block.</summary>
    internal long[] CountByDepth()
    {
        var counts = new long[Depth];
        foreach (var position in _live) counts[position / _length]++;
        return counts;
    }

    /// <summary>Removes tokens from the mask.</summary>
    /// <param name="removed">The indices of the tokens in <see cref="Live"/>.</param>
    /// <returns>The indices that the remaining tokens had in <see cref="Live"/> before the removal, in ascending order.</returns>
    internal int[] Remove(IReadOnlyCollection<int> removed)
    {
        var kept = Enumerable.Range(0, _live.Length).Except(removed).ToArray();
        _live = Array.ConvertAll(kept, i => _live[i]);
        return kept;
    }

    /// <summary>
    /// Returns the mask as a row-major array, [depth, max context length], with one byte per token: 1 if the token is live, otherwise 0.
    /// </summary>
    internal byte[] ToBytes()
    {
        var bytes = new byte[Depth * _length];
        foreach (var position in _live) bytes[position] = 1;
        return bytes;
    }
}
