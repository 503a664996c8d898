using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Queue;

/// <summary>
/// What a queue reads from the store when it is activated. It does so beside its calls, since an activation may take seconds, and a
/// thousand open sweeps or a store that is away take longer. Until it is done it leases nothing, and takes no lease for lost.
/// </summary>
internal sealed partial class QueueGrain
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
    private bool _isLoaded;
    private string? _notLoaded;

    private string Loading =>
        $"the queue of pool '{Pool}' reads its sweeps from the store{(_notLoaded is { } reason ? $" and tries again: {reason}" : "")}";

    private void Changes(SweepId sweep)
    {
        if (!_isLoaded) _changed.Add(sweep);
    }

    private async Task LoadAsync()
    {
        if (_loading) return;
        _loading = true;
        try
        {
            foreach (var silo in await store.Quarantines.QuarantinesAsync(Pool))
                _silos.Restore(silo.Silo, silo.Times, Now + (silo.Until - time.GetUtcNow()), Now);
            if (_toLoad is null)
            {
                var open = await store.Sweeps.OpenSweepsAsync();
                _toLoad = new(open.Where(sweep => options.Value.PoolOf(sweep.Pool) == Pool).Select(sweep => new SweepId(sweep.Id)));
            }
            await Task.WhenAll(Enumerable.Range(0, ReadsAtOnce).Select(_ => LoadNextAsync()));
            (_isLoaded, _notLoaded) = (true, null);
            _changed.Clear();
            _readInVain.Clear();
            Show();
        }
        // Whatever it is, a queue that gave up here would lease nothing any more: the next tick goes on where this ended.
        catch (Exception e)
        {
            _notLoaded = e.Message;
            LogNotLoaded(Pool, e.Message);
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
                _setAside[id.Value] = e is AdaptClusterException ? e.Message : $"{e.GetType().Name}: {e.Message}";
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
            if (stored?.Sweep.State.IsQueued != true || options.Value.PoolOf(stored.Sweep.Pool) != Pool) return;
            offers = await store.Leases.UnfinishedPacksAsync(id, stored.Plan);
        }
        while (_changed.Contains(id));
        _book.Offer(Share(stored.Sweep), offers, Now);
        // Its grain may live on a silo of an older version still.
        ShowsParts(id, shown: false);
        if (stored.Sweep.State == SweepState.Paused) _book.Direct(id, stored.Sweep.Stops ? LeaseDirective.Stop : LeaseDirective.Drain, Now);
    }

    /// <summary>Writes a quarantine down, so that it outlives this grain.</summary>
    private async Task QuarantineAsync(string silo, TimeSpan lasts)
    {
        var until = time.GetUtcNow() + lasts;
        LogQuarantined(silo, until);
        try
        {
            await store.Quarantines.SaveQuarantineAsync(Pool, new Quarantine(silo, until, _silos.Times(silo)));
        }
        // It holds as long as this grain lives.
        catch (StoreException e)
        {
            LogNotSaved(silo, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The queue of pool {Pool} could not read its sweeps; trying again: {Reason}")]
    private partial void LogNotLoaded(string pool, string reason);

    [LoggerMessage(LogLevel.Error, "Sweep {Sweep} is set aside: it cannot be loaded")]
    private partial void LogSetAside(SweepId sweep, Exception error);

    [LoggerMessage(LogLevel.Error, "Silo {Silo} is quarantined until {Until:u}: different jobs failed there in a row")]
    private partial void LogQuarantined(string silo, DateTimeOffset until);

    [LoggerMessage(LogLevel.Warning, "The quarantine of silo {Silo} could not be stored; it ends when this queue moves: {Reason}")]
    private partial void LogNotSaved(string silo, string reason);
}
