using AdaptCluster.Grains.Telemetry;

namespace AdaptCluster.Grains.Placement;

/// <summary>The base class of grains that deactivate when they have not been called for <see cref="PublishedSweeps.Afterglow"/>.</summary>
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
            context.Deactivate(new(DeactivationReasonCode.ActivationIdle, "the grain has not been called for some time")));
        return Task.CompletedTask;
    }

    /// <summary>Invokes the call and restarts the idle time.</summary>
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

    /// <summary>Restarts the idle time, as a call to the grain does.</summary>
    protected void Stay() => _watch?.Called();
}
