using System.Collections.Concurrent;
using AdaptCluster.Contracts;
using AdaptCluster.Training;

namespace AdaptCluster.Silo.Library;

/// <summary>A thread-safe cache of objects opened from files, one per key, that reloads them when the files change.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the objects.</typeparam>
internal sealed class Shelf<TKey, TValue> where TKey : notnull where TValue : class
{
    private readonly ConcurrentDictionary<TKey, Slot> _slots = new();

    /// <summary>Describes an object in messages.</summary>
    public required Func<TKey, string> Describe { get; init; }

    /// <summary>Computes a cheap change stamp of an object's files. A different stamp means that they may have changed.</summary>
    public required Func<TKey, string> Stamp { get; init; }

    /// <summary>Opens an object.</summary>
    public required Func<TKey, TValue> Open { get; init; }

    /// <summary>Returns the SHA-256 of an object's files as they were opened.</summary>
    public required Func<TValue, string> Fingerprint { get; init; }

    /// <summary>Whether an object has found that its files have changed, which a stamp may not show.</summary>
    public required Func<TValue, bool> IsStale { get; init; }

    /// <summary>Chooses between the cached and the reopened object (in this order), which may have the same contents.</summary>
    public required Func<TValue, TValue, TValue> Choose { get; init; }

    /// <summary>
    /// Returns the cached object, opening it if there is none. A failure is not cached, since the file may be repaired.
    /// </summary>
    public TValue Kept(TKey key)
    {
        var slot = _slots.GetOrAdd(key, _ => new Slot());
        // Callers that only use an object do not wait while another one checks whether it is current.
        if (slot.Entry is { } entry) return entry.Value;
        using (slot.Enter()) return (slot.Entry ??= OpenEntry(key, null)).Value;
    }

    /// <summary>Returns the object for the files as they are now.</summary>
    public TValue Current(TKey key)
    {
        var slot = _slots.GetOrAdd(key, _ => new Slot());
        using (slot.Enter())
        {
            if (slot.Entry is null || IsStale(slot.Entry.Value) || Stamp(key) != slot.Entry.Stamp) slot.Entry = OpenEntry(key, slot.Entry);
            return slot.Entry.Value;
        }
    }

    /// <summary>Returns the object with a given fingerprint: the cached one, or the files as they are now.</summary>
    /// <exception cref="InvalidInputException">The files have another fingerprint.</exception>
    public TValue Expected(TKey key, string fingerprint)
    {
        var kept = Kept(key);
        if (Fits(kept, fingerprint)) return kept;
        var slot = _slots[key];
        using (slot.Enter())
        {
            // Another worker may have reopened it while this one waited.
            if (!Fits(slot.Entry!.Value, fingerprint)) slot.Entry = OpenEntry(key, slot.Entry);
            var found = Fingerprint(slot.Entry.Value);
            if (found == fingerprint) return slot.Entry.Value;
            throw new InvalidInputException(
                $"{Describe(key)} has changed since the sweep was planned (sha-256 {Short(found)}, planned {Short(fingerprint)}); "
                    + "put it back and retry the failed jobs, or submit the sweep again with it as it is.");
        }
    }

    private bool Fits(TValue value, string fingerprint) => Fingerprint(value) == fingerprint && !IsStale(value);

    private static string Short(string fingerprint) => fingerprint[..Math.Min(12, fingerprint.Length)];

    private Entry OpenEntry(TKey key, Entry? kept)
    {
        var stamp = Stamp(key);
        var opened = Open(key);
        if (Stamp(key) != stamp)
            throw new InvalidInputException($"{Describe(key)} changed while it was read; wait until nothing writes to it, then try again.");
        return new Entry(stamp, kept is null ? opened : Choose(kept.Value, opened));
    }

    private sealed record Entry(string Stamp, TValue Value);

    private sealed class Slot
    {
        private readonly Lock _lock = new();
        private volatile Entry? _entry;

        private event Action? Waits;

        /// <summary>Takes the slot. All waiters receive the progress of its holder's reading, since they wait for it too.</summary>
        public IDisposable Enter()
        {
            var waiter = LongWork.Watching;
            Waits += waiter;
            _lock.Enter();
            return new Held(this, waiter, LongWork.Watch(() => Waits?.Invoke()));
        }

        private sealed class Held(Slot slot, Action? waiter, IDisposable watched) : IDisposable
        {
            public void Dispose()
            {
                watched.Dispose();
                slot._lock.Exit();
                slot.Waits -= waiter;
            }
        }

        public Entry? Entry
        {
            get => _entry;
            set => _entry = value;
        }
    }
}
