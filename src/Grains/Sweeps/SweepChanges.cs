using AdaptCluster.Contracts;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// Runs a sweep's changes one at a time. After an error, it is unknown which rows were written, so the in-memory copy is reloaded before
/// the next change.
/// </summary>
/// <param name="copy">The in-memory copy.</param>
/// <param name="mend">
/// The function that repairs a change that a dead silo may have left unfinished. It runs before the first change.
/// </param>
/// <param name="changed">The callback after each change.</param>
internal sealed class SweepChanges(SweepCopy copy, Func<Task> mend, Action changed) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private bool _mended;

    /// <summary>Whether the copy may be outdated.</summary>
    internal bool IsStale { get; private set; } = true;

    /// <summary>Loads and repairs the sweep if that has not happened yet, for example because the store was unavailable.</summary>
    internal Task ReadyAsync() => IsStale || !_mended ? RunAsync(() => Task.CompletedTask) : Task.CompletedTask;

    /// <summary>Runs a change.</summary>
    internal Task RunAsync(Func<Task> change) => RunAsync(async () =>
    {
        await change();
        return true;
    });

    /// <summary>Runs a change that returns a value.</summary>
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
