using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Web.Sweeps;

/// <summary>
/// The list of all sweeps, read once for everybody who looks at it: the store counts jobs for it. However long that takes, it is at it for no
/// more than a tenth of the time.
/// </summary>
/// <param name="client">How the grains are reached.</param>
/// <param name="time">The clock.</param>
internal sealed class SweepList(IClusterClient client, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(0.9);
    private readonly SemaphoreSlim _one = new(1);
    private SweepSummary[]? _sweeps;
    private long _read;
    private TimeSpan _took;

    /// <summary>The sweeps, newest first, as they were a moment ago.</summary>
    public async Task<SweepSummary[]> ReadAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (_sweeps is not null && time.GetElapsedTime(_read) < Max(Fresh, 10 * _took)) return _sweeps;
            var begun = time.GetTimestamp();
            _sweeps = await client.GetGrain<IFrontGrain>(0).ListAsync();
            (_read, _took) = (time.GetTimestamp(), time.GetElapsedTime(begun));
            return _sweeps;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
