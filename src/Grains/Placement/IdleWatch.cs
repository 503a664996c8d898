namespace AdaptCluster.Grains.Placement;

/// <summary>
/// Says when nobody has called for a time. Orleans' own collector goes by the wall clock: once that has been ahead and is set back, it
/// refuses to activate a grain whose time would end before the clock is there again, so grains that shall leave soon must not leave by it.
/// </summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _called;

    /// <summary>Begins to watch.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="stays">How long the last call is remembered.</param>
    /// <param name="leave">
    /// Called, from any thread, when it is longer ago; again each time that this is looked at, which is ten times in that span.
    /// </param>
    public IdleWatch(TimeProvider time, TimeSpan stays, Action leave)
    {
        (_time, _called) = (time, time.GetTimestamp());
        _timer = time.CreateTimer(_ => Look(stays, leave), null, stays / 10, stays / 10);
    }

    /// <summary>Somebody calls.</summary>
    public void Called() => Interlocked.Exchange(ref _called, _time.GetTimestamp());

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look(TimeSpan stays, Action leave)
    {
        if (_time.GetElapsedTime(Interlocked.Read(ref _called)) >= stays) leave();
    }
}
