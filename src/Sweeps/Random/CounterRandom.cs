namespace AdaptCluster.Sweeps.Random;

/// <summary>
/// The purpose of a stream of random numbers. Its value is part of the stream's key, so existing values must never change.
/// </summary>
public enum RandomPurpose
{
    /// <summary>The initial prompts.</summary>
    Prompts = 1,

    /// <summary>The order of the training images in an epoch.</summary>
    Shuffle = 2,

    /// <summary>The augmentation of one image in one epoch.</summary>
    Augmentation = 3,

    /// <summary>The contents of a procedurally generated image.</summary>
    Drawing = 4,

    /// <summary>The initial weights of a model.</summary>
    Weights = 5,

    /// <summary>The scores of a prune step that chooses tokens at random.</summary>
    Pruning = 6,

    /// <summary>The values of a setting that a spec gives as a range.</summary>
    Axis = 7,
}

/// <summary>
/// A counter-based generator, Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011). A stream is a pure
/// function of its key (purpose, seed, a, b). Results therefore do not depend on the order in which streams are read, and there is no state
/// to save.
/// </summary>
public struct CounterRandom
{
    private readonly uint _key0, _key1, _stream0, _stream1;
    private ulong _block;
    private uint _w0, _w1, _w2, _w3;
    private int _left;

    /// <summary>Initializes the stream for a key.</summary>
    /// <param name="purpose">The purpose of the numbers.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="a">The first coordinate, such as an epoch; at most 28 bits.</param>
    /// <param name="b">The second coordinate, such as an image index.</param>
    public CounterRandom(RandomPurpose purpose, int seed, int a = 0, int b = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(a);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(a, 1 << 28);
        _key0 = unchecked((uint)seed);
        _key1 = 0x41444150; // "ADAP", so that other programs' streams with the same seed differ.
        _stream0 = ((uint)purpose << 28) | (uint)a;
        _stream1 = unchecked((uint)b);
    }

    /// <summary>Returns the next 32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_left == 0)
        {
            (_w0, _w1, _w2, _w3) = Block((uint)_block, (uint)(_block >> 32), _stream0, _stream1, _key0, _key1);
            _block++;
            _left = 4;
        }
        return _left-- switch { 4 => _w0, 3 => _w1, 2 => _w2, _ => _w3 };
    }

    /// <summary>Returns a double in [0, 1) with 53 random bits.</summary>
    public double NextDouble() => (((ulong)NextUInt32() << 21) ^ (NextUInt32() >> 11)) * (1.0 / (1UL << 53));

    /// <summary>Returns a double in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double NextUniform(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Returns an integer in [0, <paramref name="bound"/>); every value is equally likely.</summary>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        // Lemire's rejection: a low half below 2^32 mod bound would favour some values.
        var threshold = unchecked((uint)-bound) % (uint)bound;
        while (true)
        {
            var product = (ulong)NextUInt32() * (uint)bound;
            if ((uint)product >= threshold) return (int)(product >> 32);
        }
    }

    /// <summary>Returns a standard normal value (Box-Muller; the second value of the pair is discarded).</summary>
    public double NextNormal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>Shuffles the items (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>The Philox 4x32-10 block function.</summary>
    internal static (uint W0, uint W1, uint W2, uint W3) Block(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < 10; round++)
        {
            var p0 = (ulong)0xD2511F53 * c0;
            var p1 = (ulong)0xCD9E8D57 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return (c0, c1, c2, c3);
    }
}
