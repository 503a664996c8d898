using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Sweeps.Results;

namespace AdaptCluster.Grains.Results;

/// <summary>
/// Publishes a copy of the table for metrics a few seconds after results arrive, because metrics are read from other threads. The grain
/// stays active while more results can arrive.
/// </summary>
internal sealed partial class CoordinatorGrain
{
    private static readonly TimeSpan PublishEvery = TimeSpan.FromSeconds(2), AskEvery = TimeSpan.FromMinutes(1);
    private IGrainTimer? _timer;
    private bool _changed;
    private long _asked;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        cells.Remove(Id.Value);
        return Task.CompletedTask;
    }

    private void SchedulePublishing()
    {
        _changed = true;
        if (_timer is not null) return;
        _asked = Time.GetTimestamp();
        _timer = this.RegisterGrainTimer(PublishAsync, new GrainTimerCreationOptions(PublishEvery, PublishEvery) { KeepAlive = true });
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        if (_plan is null) return;
        Stay();
        var complete = _runs.Count == _plan.JobCount;
        if (!complete && Time.GetElapsedTime(_asked) > AskEvery)
        {
            _asked = Time.GetTimestamp();
            var sweep = (await GrainFactory.GetGrain<ISweepGrain>(Id.Value).StatusAsync()).Summary;
            complete = !sweep.State.IsOpen;
            // Results whose messages were lost are read from the store.
            if (complete && _runs.Count != sweep.Jobs.Completed) await LoadAsync();
        }
        if (_changed || complete)
            cells.Publish(Id.Value, new SweepTableLevels(CellLevel.Of(_plan, _runs), _order, complete ? Time.GetUtcNow() : null));
        _changed = false;
        if (!complete) return;
        _timer?.Dispose();
        _timer = null;
    }
}
