using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Queue;

/// <summary>
/// Loads the queue from the store on activation, concurrently with calls to the queue. An activation must finish within seconds, but
/// reading a thousand open sweeps, or waiting for the end of a store outage, takes longer. Until loading is done, the queue leases nothing
/// and treats no lease as lost.
/// </summary>
internal sealed partial class QueueLoading(string pool, SweepStore store, LeaseBook book, SiloHealthBook silos,
    Dictionary<string, string> setAside, QueueOptions options, Func<TimeSpan> now, TimeProvider time, Action loaded,
    ILogger<QueueGrain> logger)
{
    /// <summary>The number of sweeps that are read concurrently.</summary>
    private const int ReadsAtOnce = 4;

    /// <summary>
    /// The number of times that reading a sweep may fail, while the store responds to other queries, before the sweep is set aside.
    /// </summary>
    private const int MostReads = 3;

    private readonly Dictionary<SweepId, int> _readInVain = [];

    /// <summary>The sweeps that have not been read yet; null until the store has listed them.</summary>
    private Queue<SweepId>? _toLoad;

    /// <summary>The sweeps that have changed during loading, so that the data read for them may be outdated.</summary>
    private readonly HashSet<SweepId> _changed = [];

    private bool _loading;
    private string? _notLoaded;

    /// <summary>Whether all sweeps in the queue are loaded.</summary>
    internal bool IsDone { get; private set; }

    /// <summary>A message that tells callers that the queue is loading, with the last error if there was one.</summary>
    internal string Text =>
        $"the queue of pool '{pool}' is loading its sweeps from the store"
        + (_notLoaded is { } reason ? $" and retries after an error: {reason}" : "");

    /// <summary>Records that a sweep has changed, so that data read for it at this moment may be outdated.</summary>
    internal void Changes(SweepId sweep)
    {
        if (!IsDone) _changed.Add(sweep);
    }

    /// <summary>Reads the sweeps that have not been read yet. Does nothing if a read is already running.</summary>
    internal async Task LoadAsync()
    {
        if (_loading) return;
        _loading = true;
        try
        {
            foreach (var silo in await store.Quarantines.QuarantinesAsync(pool))
                silos.Restore(silo.Silo, silo.Times, now() + (silo.Until - time.GetUtcNow()), now());
            if (_toLoad is null)
            {
                var open = await store.Sweeps.OpenSweepsAsync();
                _toLoad = new(open.Where(sweep => options.PoolOf(sweep.Pool) == pool).Select(sweep => new SweepId(sweep.Id)));
            }
            await Task.WhenAll(Enumerable.Range(0, ReadsAtOnce).Select(_ => LoadNextAsync()));
            (IsDone, _notLoaded) = (true, null);
            _changed.Clear();
            _readInVain.Clear();
            loaded();
        }
        // This catches every error: a queue that stopped here would never lease again. The next tick continues with the remaining sweeps.
        catch (Exception e)
        {
            _notLoaded = e.Message;
            LogNotLoaded(pool, ReasonText.Of(e), options.RenewEvery.TotalSeconds);
        }
        finally
        {
            _loading = false;
        }
    }

    private async Task LoadNextAsync()
    {
        while (_toLoad!.TryDequeue(out var id))
        {
            try
            {
                await LoadAsync(id);
            }
            // The sweep is not at fault during a store outage. It is at fault if it repeatedly fails to load while the store responds to
            // other queries.
            catch (StoreException e) when (e.IsTransient && ReadInVain(id) < MostReads)
            {
                _toLoad.Enqueue(id);
                throw;
            }
            // A sweep that cannot be read must not block the others. When its grain can read it, the grain offers the waiting packs.
            catch (Exception e)
            {
                setAside[id.Value] = e is AdaptClusterException ? e.Message : $"{e.GetType().Name}: {e.Message}";
                LogSetAside(id, pool, e);
            }
        }
    }

    private int ReadInVain(SweepId id) => _readInVain[id] = _readInVain.GetValueOrDefault(id) + 1;

    private async Task LoadAsync(SweepId id)
    {
        StoredSweep? stored;
        PackOffer[] offers;
        do
        {
            _changed.Remove(id);
            stored = await store.Sweeps.FindAsync(id);
            // The sweep may have ended, or moved to another pool, since the list was read.
            if (stored?.Sweep.State.IsQueued != true || options.PoolOf(stored.Sweep.Pool) != pool) return;
            offers = await store.Leases.UnfinishedPacksAsync(id, stored.Plan);
        }
        while (_changed.Contains(id));
        book.Offer(QueueGrain.Share(stored.Sweep), offers, now());
        // The sweep's grain may still run on a silo of an older version.
        book.SetBeginsParts(id, begins: false);
        if (stored.Sweep.State == SweepState.Paused)
            book.Direct(id, stored.Sweep.Stops ? LeaseDirective.Stop : LeaseDirective.Drain, now());
    }

    [LoggerMessage(
        LogLevel.Warning, "The queue of pool '{Pool}' could not load its sweeps from the store ({Reason}); retrying in {Seconds:0.#} s")]
    private partial void LogNotLoaded(string pool, string reason, double seconds);

    [LoggerMessage(
        LogLevel.Error, "Could not load sweep {Sweep} into the queue of pool '{Pool}'; it is set aside, and other sweeps continue")]
    private partial void LogSetAside(SweepId sweep, string pool, Exception error);
}
