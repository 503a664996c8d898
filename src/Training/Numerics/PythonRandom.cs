using System.Numerics;

namespace AdaptCluster.Training.Numerics;

/// <summary>
/// Reproduces the random numbers of CPython's <c>random.Random</c>: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998) and the
/// methods of random.py in CPython 3.6 to 3.13. The CoOp family draws its few-shot lists with this generator. Not thread-safe.
/// </summary>
public sealed class PythonRandom
{
    private const int Length = 624;
    private const int Middle = 397;
    private readonly uint[] _state = new uint[Length];
    private int _next = Length;

    /// <summary>
    /// Initializes the generator with a seed, like <c>random.seed(seed)</c>. As in Python, the sign of the seed is ignored.
    /// </summary>
    /// <param name="seed">Any integer.</param>
    public PythonRandom(long seed)
    {
        var magnitude = seed < 0 ? unchecked(0 - (ulong)seed) : (ulong)seed;
        var (low, high) = ((uint)magnitude, (uint)(magnitude >> 32));
        InitByArray(high == 0 ? [low] : [low, high]);
    }

    /// <summary>Returns random bits, like <c>getrandbits(bits)</c>.</summary>
    /// <param name="bits">The number of bits; from 1 to 64.</param>
    public ulong GetRandBits(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 64);
        if (bits <= 32) return NextUInt32() >> (32 - bits);
        ulong low = NextUInt32();
        return low | ((ulong)(NextUInt32() >> (64 - bits)) << 32);
    }

    /// <summary>Returns a double in [0, 1) with 53 random bits, like <c>random()</c>.</summary>
    public double NextDouble()
    {
        var (high, low) = (NextUInt32() >> 5, NextUInt32() >> 6);
        return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0);
    }

    /// <summary>Returns an integer in [0, bound), like <c>_randbelow(bound)</c>.</summary>
    /// <param name="bound">The exclusive upper bound; at least 1.</param>
    public ulong RandBelow(ulong bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        // Python uses the bit length of the bound itself, not of the largest value, so half of the draws are rejected if the bound is a
        // power of two.
        var bits = 64 - BitOperations.LeadingZeroCount(bound);
        ulong value;
        do value = GetRandBits(bits);
        while (value >= bound);
        return value;
    }

    /// <summary>Draws distinct items and returns them in the order in which they were drawn, like <c>sample(items, count)</c>.</summary>
    /// <param name="items">The population.</param>
    /// <param name="count">The number of items; from 0 to the size of the population.</param>
    public T[] Sample<T>(IReadOnlyList<T> items, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, items.Count);
        return items.Count <= PoolLimit(count) ? SampleFromPool(items, count) : SampleWithRetries(items, count);
    }

    /// <summary>Shuffles items in place, like <c>shuffle(items)</c>.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = (int)RandBelow((ulong)i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>
    /// Returns the largest population size for which Python copies the population. Larger populations are sampled with retries, which draws
    /// different items.
    /// </summary>
    private static long PoolLimit(int count)
    {
        if (count <= 5) return 21;
        // random.py: 21 + 4 ** ceil(log(3 * count, 4)), in integers.
        long power = 1;
        while (power < 3L * count) power *= 4;
        return 21 + power;
    }

    private T[] SampleFromPool<T>(IReadOnlyList<T> items, int count)
    {
        var pool = items.ToArray();
        var result = new T[count];
        for (var i = 0; i < count; i++)
        {
            var j = (int)RandBelow((ulong)(pool.Length - i));
            result[i] = pool[j];
            pool[j] = pool[pool.Length - i - 1];
        }
        return result;
    }

    private T[] SampleWithRetries<T>(IReadOnlyList<T> items, int count)
    {
        var chosen = new HashSet<int>();
        var result = new T[count];
        for (var i = 0; i < count; i++)
        {
            int j;
            do j = (int)RandBelow((ulong)items.Count);
            while (!chosen.Add(j));
            result[i] = items[j];
        }
        return result;
    }

    private void InitByArray(ReadOnlySpan<uint> key)
    {
        InitByNumber(19650218);
        var (i, j) = (1, 0);
        for (var k = Math.Max(Length, key.Length); k > 0; k--)
        {
            _state[i] = (_state[i] ^ ((_state[i - 1] ^ (_state[i - 1] >> 30)) * 1664525)) + key[j] + (uint)j;
            if (++i == Length) (_state[0], i) = (_state[Length - 1], 1);
            if (++j == key.Length) j = 0;
        }
        for (var k = Length - 1; k > 0; k--)
        {
            _state[i] = (_state[i] ^ ((_state[i - 1] ^ (_state[i - 1] >> 30)) * 1566083941)) - (uint)i;
            if (++i == Length) (_state[0], i) = (_state[Length - 1], 1);
        }
        _state[0] = 0x80000000;
    }

    private void InitByNumber(uint seed)
    {
        _state[0] = seed;
        for (var i = 1; i < Length; i++) _state[i] = 1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30)) + (uint)i;
    }

    private uint NextUInt32()
    {
        if (_next == Length) Twist();
        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    private void Twist()
    {
        for (var i = 0; i < Length; i++)
        {
            var y = (_state[i] & 0x80000000) | (_state[(i + 1) % Length] & 0x7FFFFFFF);
            _state[i] = _state[(i + Middle) % Length] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : 0x9908B0DF);
        }
        _next = 0;
    }
}
