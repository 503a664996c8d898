using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Telemetry;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>Publishes a copy of a sweep's levels for metrics after each change, because metrics are read from other threads.</summary>
internal sealed class SweepGauges(SweepId id, SweepCopy copy, SweepInstruments instruments, TimeProvider time)
{
    private bool _published;
    private DateTimeOffset? _ended;

    /// <summary>Publishes the sweep's current levels.</summary>
    internal void Publish()
    {
        if (copy.Stored is null) return;
        var open = copy.Sweep.State.IsOpen;
        // A sweep that had already ended when it was loaded is not published.
        if (!open && !_published) return;
        _published = true;
        _ended = open ? null : _ended ?? time.GetUtcNow();
        instruments.Publish(id.Value, new SweepLevels([.. Enum.GetValues<JobState>().Select(copy.Progress.Count)], copy.Progress.Pace,
            copy.Sweep.State == SweepState.Running, copy.Sweep.Ordinal, _ended));
    }
}
