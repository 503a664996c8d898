using AdaptCluster.Contracts;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// Runs the changes of a sweep one at a time. After an error nobody knows what was written, so the copy in memory is read again before the
/// next one.
/// </summary>
/// <param name="copy">The copy.</param>
/// <param name="mend">Mends, once, what a silo that died may have left half done.</param>
/// <param name="changed">Told after each change.</param>
internal sealed class SweepChanges(SweepCopy copy, Func<Task> mend, Action changed) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private bool _mended;

    /// <summary>Whether the copy may be behind the store.</summary>
    internal bool IsStale { get; private set; } = true;

    /// <summary>Reads and mends the sweep where that has not been done yet, as while the store was away.</summary>
    internal Task ReadyAsync() => IsStale || !_mended ? RunAsync(() => Task.CompletedTask) : Task.CompletedTask;

    /// <summary>Runs a change.</summary>
    internal Task RunAsync(Func<Task> change) => RunAsync(async () =>
    {
        await change();
        return true;
    });

    /// <summary>Runs a change that answers.</summary>
    internal async Task<T> RunAsync<T>(Func<Task<T>> change)
    {
        await _gate.WaitAsync();
        try
        {
            if (IsStale)
            {
                await copy.LoadAsync();
                IsStale = false;
            }
            if (!_mended)
            {
                await mend();
                _mended = true;
            }
            var result = await change();
            changed();
            return result;
        }
        catch (Exception e) when (e is not InvalidInputException)
        {
            IsStale = true;
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();
}
