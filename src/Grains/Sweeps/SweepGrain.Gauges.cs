using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Telemetry;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// What a sweep shows to those who watch the cluster: a copy, made after each change, since they look from other threads.
/// </summary>
internal sealed partial class SweepGrain
{
    private bool _shown;
    private DateTimeOffset? _ended;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        instruments.Forget(Id.Value);
        return Task.CompletedTask;
    }

    private void Show()
    {
        if (_stored is null) return;
        var open = Sweep.State.IsOpen;
        // A sweep that ended long ago, and that somebody only looks at, is no news.
        if (!open && !_shown) return;
        _shown = true;
        _ended = open ? null : _ended ?? Time.GetUtcNow();
        instruments.Show(Id.Value, new SweepLevels([.. Enum.GetValues<JobState>().Select(Progress.Count)], Progress.Pace,
            Sweep.State == SweepState.Running, _ended));
    }
}
