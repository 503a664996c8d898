using System.Collections.Concurrent;
using AdaptCluster.Contracts;
using AdaptCluster.Training;

namespace AdaptCluster.Silo.Library;

/// <summary>Things opened from files, one for each key, shared by all who ask. Safe for use from several threads.</summary>
/// <typeparam name="TKey">What names a thing.</typeparam>
/// <typeparam name="TValue">The thing.</typeparam>
internal sealed class Shelf<TKey, TValue> where TKey : notnull where TValue : class
{
    private readonly ConcurrentDictionary<TKey, Slot> _slots = new();

    /// <summary>What messages call a thing.</summary>
    public required Func<TKey, string> Describe { get; init; }

    /// <summary>What its files look like from outside, read quickly; another text says that they may have changed.</summary>
    public required Func<TKey, string> Stamp { get; init; }

    /// <summary>Opens it.</summary>
    public required Func<TKey, TValue> Open { get; init; }

    /// <summary>SHA-256 of its files as it was opened.</summary>
    public required Func<TValue, string> Fingerprint { get; init; }

    /// <summary>Whether it has found that its files are others now, which a stamp need not show.</summary>
    public required Func<TValue, bool> IsStale { get; init; }

    /// <summary>Chooses between the kept one and one opened again (in this order), which may hold the same.</summary>
    public required Func<TValue, TValue, TValue> Choose { get; init; }

    /// <summary>The one there is, opened if there is none. A failure is not kept: the file may be mended meanwhile.</summary>
    public TValue Kept(TKey key)
    {
        var slot = _slots.GetOrAdd(key, _ => new Slot());
        // Who only uses a thing does not wait while somebody else looks whether it is still current.
        if (slot.Entry is { } entry) return entry.Value;
        using (slot.Enter()) return (slot.Entry ??= OpenEntry(key, null)).Value;
    }

    /// <summary>The one that fits the files as they are now.</summary>
    public TValue Current(TKey key)
    {
        var slot = _slots.GetOrAdd(key, _ => new Slot());
        using (slot.Enter())
        {
            if (slot.Entry is null || IsStale(slot.Entry.Value) || Stamp(key) != slot.Entry.Stamp) slot.Entry = OpenEntry(key, slot.Entry);
            return slot.Entry.Value;
        }
    }

    /// <summary>The one with a given fingerprint: the kept one, or else the files as they are now.</summary>
    /// <exception cref="InvalidInputException">The files are others.</exception>
    public TValue Expected(TKey key, string fingerprint)
    {
        var kept = Kept(key);
        if (Fits(kept, fingerprint)) return kept;
        var slot = _slots[key];
        using (slot.Enter())
        {
            // Another worker may have opened it again while this one waited.
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

        /// <summary>Takes the slot. All who want it hear of what its holder reads, as it is their wait too.</summary>
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
