using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>How far the sweep is, and what keeps it from getting on.</summary>
internal sealed partial class SweepGrain
{
    private static readonly TimeSpan ObstacleFor = TimeSpan.FromSeconds(2);

    private (string? Text, long? At) _obstacle;

    public async Task<SweepStatus> StatusAsync()
    {
        await ReadyAsync();
        return Progress.Status(Sweep, _running.Values.Select(job => job.Status), _failed, Time.GetUtcNow()) with
        {
            Pool = queue.Value.PoolOf(Sweep.Pool),
            RefusedReports = _refused,
            CacheMismatches = [.. _mismatches],
            Obstacle = await ObstacleAsync(),
            Trainer = TrainerVersion.Of(Sweep.Trainer),
        };
    }

    /// <summary>
    /// Why the sweep does not get on although it should: its store refuses what its workers report, or the queue has nobody for it. The
    /// queue is asked now and then, since many may watch.
    /// </summary>
    private async Task<string?> ObstacleAsync()
    {
        if (Sweep.State.IsOpen && faults.OutageText is { } outage) return outage;
        if (Sweep.State != SweepState.Running || Progress.Count(JobState.Running) > 0 || Progress.Open == 0) return null;
        if (_obstacle.At is { } at && Time.GetElapsedTime(at) < ObstacleFor) return _obstacle.Text;
        _obstacle = (_obstacle.Text, Time.GetTimestamp());
        string? text = null;
        try
        {
            text = await Queue.ObstacleAsync(Id).WaitAsync(ObstacleFor, Time);
        }
        // The status is told without it: the queue moves, its store is away, or its silo is of a version that does not know this question.
        catch (Exception e)
        {
            LogNoObstacle(e.Message);
        }
        _obstacle = (text, Time.GetTimestamp());
        return text;
    }
}
