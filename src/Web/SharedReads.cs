using System.Collections.Concurrent;

namespace AdaptCluster.Web;

/// <summary>
/// Caches reads for the pages of one silo, so that a hundred readers cause no more work for the cluster than one reader. A page that
/// becomes interactive immediately shows the values that were read for its first render.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class SharedReads(TimeProvider time)
{
    /// <summary>The minimum age of a value before it is read again. Pages refresh every second.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(0.9);

    /// <summary>How long a value is kept after it was last read.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(Type, string), Entry> _entries = new();

    /// <summary>
    /// Reads a value, or returns the cached value if it is recent. Slow reads are spaced out so that reading takes at most about a tenth of
    /// the time.
    /// </summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">Identifies the value among others of its type.</param>
    /// <param name="read">Reads the value, given the previous value, which is null at first.</param>
    public async Task<T> ReadAsync<T>(string key, Func<T?, Task<T>> read) where T : class
    {
        Forget();
        var entry = _entries.GetOrAdd((typeof(T), key), _ => new Entry { Read = time.GetTimestamp() });
        await entry.One.WaitAsync();
        try
        {
            if (entry.Value is T known && time.GetElapsedTime(entry.Read) < (10 * entry.Took > Fresh ? 10 * entry.Took : Fresh))
                return known;
            var (begun, expired) = (time.GetTimestamp(), Volatile.Read(ref entry.Expired));
            var value = await read(entry.Value as T);
            (entry.Value, entry.Took, entry.Read) = (value, time.GetElapsedTime(begun), time.GetTimestamp());
            // An action expired the value during the read, so the read may have returned the state before the action.
            if (Volatile.Read(ref entry.Expired) != expired) entry.Read = LongAgo();
            return value;
        }
        finally
        {
            entry.One.Release();
        }
    }

    /// <summary>Returns the last value that was read; null if it was not read recently.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">Identifies the value among others of its type.</param>
    public T? Last<T>(string key) where T : class =>
        _entries.TryGetValue((typeof(T), key), out var entry) && time.GetElapsedTime(entry.Read) < Kept ? entry.Value as T : null;

    /// <summary>Marks a value as expired after an action, so that the next caller reads it again.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">Identifies the value among others of its type.</param>
    public void Expire<T>(string key) where T : class
    {
        if (!_entries.TryGetValue((typeof(T), key), out var entry)) return;
        Interlocked.Increment(ref entry.Expired);
        entry.Read = LongAgo();
    }

    private long LongAgo() => time.GetTimestamp() - (long)(Kept.TotalSeconds * time.TimestampFrequency);

    private void Forget()
    {
        foreach (var (key, entry) in _entries)
            if (entry.One.CurrentCount > 0 && time.GetElapsedTime(entry.Read) > Kept) _entries.TryRemove(new(key, entry));
    }

    private sealed class Entry
    {
        public SemaphoreSlim One { get; } = new(1);

        public object? Value { get; set; }

        public TimeSpan Took { get; set; }

        public long Read { get; set; }

        /// <summary>The number of times that the value was marked as expired.</summary>
        public int Expired;
    }
}
