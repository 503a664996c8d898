using AdaptCluster.Grains.Telemetry;

namespace AdaptCluster.Grains.Placement;

/// <summary>A grain that deactivates when it has not been called for as long as the gauges of an ended sweep remain.</summary>
/// <param name="time">The clock.</param>
internal abstract class IdleGrain(TimeProvider time) : Grain, IIncomingGrainCallFilter, IDisposable
{
    private IdleWatch? _watch;

    /// <summary>The clock.</summary>
    protected TimeProvider Time { get; } = time;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var context = GrainContext;
        _watch = new IdleWatch(Time, PublishedSweeps.Afterglow, () =>
            context.Deactivate(new(DeactivationReasonCode.ActivationIdle, "it has not been called for some time")));
        return Task.CompletedTask;
    }

    /// <summary>Records that the grain is called.</summary>
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

    /// <summary>Restarts the idle time, as a call does.</summary>
    protected void Stay() => _watch?.Called();
}
