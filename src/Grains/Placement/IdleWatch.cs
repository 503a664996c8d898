namespace AdaptCluster.Grains.Placement;

/// <summary>
/// Detects that a grain has not been called for some time. Orleans' own collector uses the wall clock. If the clock runs ahead and is then
/// set back, the collector refuses to activate a grain whose idle time would end before the clock catches up. Grains with a short idle time
/// therefore must not use it.
/// </summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _called;

    /// <summary>Starts watching.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="stays">The idle time.</param>
    /// <param name="leave">
    /// The callback. It runs on an arbitrary thread when the idle time has passed, and again at every later check. There are ten checks per
    /// idle time.
    /// </param>
    public IdleWatch(TimeProvider time, TimeSpan stays, Action leave)
    {
        (_time, _called) = (time, time.GetTimestamp());
        _timer = time.CreateTimer(_ => Look(stays, leave), null, stays / 10, stays / 10);
    }

    /// <summary>Records a call.</summary>
    public void Called() => Interlocked.Exchange(ref _called, _time.GetTimestamp());

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look(TimeSpan stays, Action leave)
    {
        if (_time.GetElapsedTime(Interlocked.Read(ref _called)) >= stays) leave();
    }
}
