using System.Collections.Concurrent;
using AdaptCluster.Contracts;
using AdaptCluster.Training;

namespace AdaptCluster.Silo.Library;

/// <summary>A thread-safe cache of objects opened from files, one per key, that reloads them when the files change.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the objects.</typeparam>
internal sealed class ReloadingCache<TKey, TValue> where TKey : notnull where TValue : class
{
    private readonly ConcurrentDictionary<TKey, Slot> _slots = new();

    /// <summary>Returns the name of an object for error messages.</summary>
    public required Func<TKey, string> Describe { get; init; }

    /// <summary>Computes a cheap change stamp of an object's files. A different stamp means that the files may have changed.</summary>
    public required Func<TKey, string> Stamp { get; init; }

    /// <summary>Opens an object.</summary>
    public required Func<TKey, TValue> Open { get; init; }

    /// <summary>Returns the SHA-256 of an object's files as they were when the object was opened.</summary>
    public required Func<TValue, string> Fingerprint { get; init; }

    /// <summary>Whether an object has itself detected a change of its files. The stamp can miss such a change.</summary>
    public required Func<TValue, bool> IsStale { get; init; }

    /// <summary>
    /// Chooses between the cached object (first argument) and the reopened object (second argument), which may have the same contents.
    /// </summary>
    public required Func<TValue, TValue, TValue> Choose { get; init; }

    /// <summary>
    /// Returns the cached object, opening the object if it is not cached. A failure is not cached, because the files may be repaired.
    /// </summary>
    public TValue GetOrOpen(TKey key)
    {
        var slot = _slots.GetOrAdd(key, _ => new Slot());
        // Callers that only use an object do not wait while another caller checks whether it is current.
        if (slot.Entry is { } entry) return entry.Value;
        using (slot.Enter()) return (slot.Entry ??= OpenEntry(key, null)).Value;
    }

    /// <summary>Returns the object that matches the current files, reopening it if they have changed.</summary>
    public TValue Current(TKey key)
    {
        var slot = _slots.GetOrAdd(key, _ => new Slot());
        using (slot.Enter())
        {
            if (slot.Entry is null || IsStale(slot.Entry.Value) || Stamp(key) != slot.Entry.Stamp) slot.Entry = OpenEntry(key, slot.Entry);
            return slot.Entry.Value;
        }
    }

    /// <summary>Returns the object with a given fingerprint, reopening it if the cached object does not match.</summary>
    /// <exception cref="InvalidInputException">The files have a different fingerprint.</exception>
    public TValue Expected(TKey key, string fingerprint)
    {
        var cached = GetOrOpen(key);
        if (Fits(cached, fingerprint)) return cached;
        var slot = _slots[key];
        using (slot.Enter())
        {
            // Another worker may have reopened the object while this worker waited.
            if (!Fits(slot.Entry!.Value, fingerprint)) slot.Entry = OpenEntry(key, slot.Entry);
            var found = Fingerprint(slot.Entry.Value);
            if (found == fingerprint) return slot.Entry.Value;
            throw new InvalidInputException(
                $"{Describe(key)} has changed since the sweep was planned (sha-256 {Short(found)}, planned {Short(fingerprint)}); "
                    + "restore it and retry the failed jobs, or submit the sweep again to use the changed files.");
        }
    }

    private bool Fits(TValue value, string fingerprint) => Fingerprint(value) == fingerprint && !IsStale(value);

    private static string Short(string fingerprint) => fingerprint[..Math.Min(12, fingerprint.Length)];

    private Entry OpenEntry(TKey key, Entry? cached)
    {
        var stamp = Stamp(key);
        var opened = Open(key);
        if (Stamp(key) != stamp)
        {
            throw new InvalidInputException(
                $"{Describe(key)} changed while it was being read; wait until nothing writes to it, then try again.");
        }
        return new Entry(stamp, cached is null ? opened : Choose(cached.Value, opened));
    }

    private sealed record Entry(string Stamp, TValue Value);

    private sealed class Slot
    {
        private readonly Lock _lock = new();
        private volatile Entry? _entry;

        private event Action? Waits;

        /// <summary>
        /// Enters the slot, which only one caller can hold at a time. While the holder reads files, its progress also counts as progress of
        /// the waiting callers.
        /// </summary>
        public IDisposable Enter()
        {
            var waiter = WorkProgress.Observer;
            Waits += waiter;
            _lock.Enter();
            return new HeldSlot(this, waiter, WorkProgress.Observe(() => Waits?.Invoke()));
        }

        private sealed class HeldSlot(Slot slot, Action? waiter, IDisposable observing) : IDisposable
        {
            public void Dispose()
            {
                observing.Dispose();
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
