using AdaptCluster.Grains.Telemetry;

namespace AdaptCluster.Grains.Placement;

/// <summary>A grain that leaves memory when nobody has called it for as long as the gauges of a sweep outlive it.</summary>
/// <param name="time">The clock.</param>
internal abstract class IdleGrain(TimeProvider time) : Grain, IIncomingGrainCallFilter, IDisposable
{
    private IdleWatch? _watch;

    /// <summary>The clock.</summary>
    protected TimeProvider Time { get; } = time;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var context = GrainContext;
        _watch = new IdleWatch(Time, ShownSweeps.Afterglow, () =>
            context.Deactivate(new(DeactivationReasonCode.ActivationIdle, "nobody has asked for it")));
        return Task.CompletedTask;
    }

    /// <summary>Notes that somebody calls.</summary>
    public Task Invoke(IIncomingGrainCallContext context)
    {
        Stay();
        return context.Invoke();
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        _watch?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stays as if somebody had called.</summary>
    protected void Stay() => _watch?.Called();
}
