using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Queue;

/// <summary>
/// What a queue reads from the store when it is activated. It does so beside its calls, since an activation may take seconds, and a
/// thousand open sweeps or a store that is away take longer. Until it is done the queue leases nothing, and takes no lease for lost.
/// </summary>
internal sealed partial class QueueLoading(string pool, SweepStore store, LeaseBook book, SiloHealthBook silos,
    Dictionary<string, string> setAside, QueueOptions options, Func<TimeSpan> now, TimeProvider time, Action loaded,
    ILogger<QueueGrain> logger)
{
    /// <summary>Sweeps that are read at the same time.</summary>
    private const int ReadsAtOnce = 4;

    /// <summary>Times that a sweep is read in vain, from a store that has just answered other questions, before it is set aside.</summary>
    private const int MostReads = 3;

    private readonly Dictionary<SweepId, int> _readInVain = [];

    /// <summary>Sweeps that are to be read; null while the store has not said which there are.</summary>
    private Queue<SweepId>? _toLoad;

    /// <summary>Sweeps that changed since they are read: what was read of them may be outdated.</summary>
    private readonly HashSet<SweepId> _changed = [];

    private bool _loading;
    private string? _notLoaded;

    /// <summary>Whether the queue knows all of its sweeps.</summary>
    internal bool IsDone { get; private set; }

    /// <summary>What the queue does as long as it is not done.</summary>
    internal string Text =>
        $"the queue of pool '{pool}' reads its sweeps from the store{(_notLoaded is { } reason ? $" and tries again: {reason}" : "")}";

    /// <summary>Notes that a sweep has changed: what is being read of it at this moment may be from before.</summary>
    internal void Changes(SweepId sweep)
    {
        if (!IsDone) _changed.Add(sweep);
    }

    /// <summary>Reads what is left to read, unless that is being done.</summary>
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
        // Whatever it is, a queue that gave up here would lease nothing any more: the next tick goes on where this ended.
        catch (Exception e)
        {
            _notLoaded = e.Message;
            LogNotLoaded(pool, e.Message);
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
            // A store that is away is no fault of the sweep. One that answered whenever the queue began to read, and fails here, is.
            catch (StoreException e) when (e.IsTransient && ReadInVain(id) < MostReads)
            {
                _toLoad.Enqueue(id);
                throw;
            }
            // One sweep that cannot be read must not keep the others from their workers. When its grain can read it, it offers what waits.
            catch (Exception e)
            {
                setAside[id.Value] = e is AdaptClusterException ? e.Message : $"{e.GetType().Name}: {e.Message}";
                LogSetAside(id, e);
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
            // It may have ended, or gone to another pool, since the list was read.
            if (stored?.Sweep.State.IsQueued != true || options.PoolOf(stored.Sweep.Pool) != pool) return;
            offers = await store.Leases.UnfinishedPacksAsync(id, stored.Plan);
        }
        while (_changed.Contains(id));
        book.Offer(QueueGrain.Share(stored.Sweep), offers, now());
        // Its grain may live on a silo of an older version still.
        book.ShowsParts(id, shown: false);
        if (stored.Sweep.State == SweepState.Paused)
            book.Direct(id, stored.Sweep.Stops ? LeaseDirective.Stop : LeaseDirective.Drain, now());
    }

    [LoggerMessage(LogLevel.Warning, "The queue of pool {Pool} could not read its sweeps; trying again: {Reason}")]
    private partial void LogNotLoaded(string pool, string reason);

    [LoggerMessage(LogLevel.Error, "Sweep {Sweep} is set aside: it cannot be loaded")]
    private partial void LogSetAside(SweepId sweep, Exception error);
}
