using System.Diagnostics;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// Trains several jobs at once: each iteration takes all lanes through the frozen backbone together. A lane computes the same bit for bit
/// alone and among others, so that it does not matter which jobs a worker has, nor how many.
/// </summary>
/// <param name="width">Most lanes of one iteration; jobs beyond wait for a lane that ends.</param>
/// <param name="bytes">About how many bytes a step may take; a lane that needs more than that has a step of its own.</param>
/// <param name="unread">How many iterations' losses may be unread before they are read together.</param>
internal sealed class TrainLoop(int width, long bytes, int unread = 1) : IDisposable
{
    private readonly List<Lane> _lanes = [];
    private int _width = width;

    /// <summary>Runs jobs to their ends.</summary>
    /// <param name="trunks">Jobs that start together, in the order in which they are to run.</param>
    /// <param name="start">Makes the lane of such jobs.</param>
    /// <param name="onEnded">Hears of lanes whose training has ended together.</param>
    internal void Run(IEnumerable<JobRun[]> trunks, Func<JobRun[], Lane> start, Action<IReadOnlyList<Lane>> onEnded)
    {
        var waiting = new Queue<JobRun[]>(trunks);
        while (Admit(waiting, start))
        {
            foreach (var lanes in Fitting(_lanes.Where(lane => !lane.Ended).ToArray())) IterateOrSplit(lanes);
            foreach (var lane in _lanes) lane.ReportEpoch();
            if (_lanes.Where(lane => lane.Ended).ToArray() is { Length: > 0 } ended) onEnded(ended);
            foreach (var lane in _lanes.ToArray())
            {
                if (!lane.Ended) lane.ReturnCancelled();
                if (lane.Ended || lane.Jobs.Count == 0) Remove(lane);
            }
        }
    }

    /// <summary>
    /// One iteration of some lanes. Together they draw their batches and pass the backbone forwards and backwards; then each by itself
    /// takes the scores of its tokens from the gradients, updates them and prunes. <see cref="Run"/> reports epochs that have ended.
    /// </summary>
    /// <returns>What the passes failed by, before anything was updated; null where they did not.</returns>
    private Exception? Iterate(Lane[] lanes)
    {
        using var scope = torch.NewDisposeScope();
        // A step of many lanes on a CPU takes longer than a worker that stands still may.
        using var watched = LongWork.Watch(lanes[0].Jobs[0].Events.Moved);
        var started = Stopwatch.GetTimestamp();
        StepResult[] results;
        (int Iteration, double Loss)[][] losses;
        try
        {
            var cache = new BatchCache();
            results = TrainingStep.Differentiate([.. lanes.Select(lane => lane.NextBatch(cache))]);
            foreach (var (lane, result) in lanes.Zip(results)) lane.Keep(result);
            // All lanes' where one's are needed, so that they share the time of waiting.
            losses = lanes.Any(lane => lane.HasLosses(unread)) ? Lane.ReadLosses(lanes) : [.. lanes.Select(_ => ((int, double)[])[])];
        }
        catch (Exception e)
        {
            return e;
        }
        var time = Stopwatch.GetElapsedTime(started) / lanes.Length;
        foreach (var (lane, result, read) in lanes.Zip(results, losses)) Guard(lane, () => Finish(lane, result, read, time));
        return null;
    }

    private void Finish(Lane lane, StepResult result, (int Iteration, double Loss)[] losses, TimeSpan time)
    {
        using var scope = torch.NewDisposeScope();
        var iteration = lane.Iteration;
        lane.Jobs[0].Events.Moved();
        lane.AddLosses(losses);
        lane.Method.BeforeUpdate(iteration);
        lane.Optimiser.Update(lane.Method.Trained, lane.LearningRate);
        lane.Count(result, time);
        var parted = lane.Part(iteration);
        _lanes.InsertRange(_lanes.IndexOf(lane) + 1, parted);
        // Each by itself: a lane whose pruning fails must not leave the others unpruned.
        foreach (var each in (Lane[])[lane, .. parted]) Guard(each, () => each.Prune(iteration));
    }

    /// <summary>Iterates, in halves where the whole fails: too many lanes for the memory, or one that spoils it for all.</summary>
    private void IterateOrSplit(Lane[] lanes)
    {
        // Behind the iteration's scope: what the failed one held is free while its halves are tried.
        if (Iterate(lanes) is not { } error) return;
        if (lanes.Length == 1)
        {
            lanes[0].Fail(error);
            Remove(lanes[0]);
            return;
        }
        if (OutOfMemory.Is(error)) _width = Math.Min(_width, (lanes.Length + 1) / 2);
        foreach (var half in lanes.Chunk((lanes.Length + 1) / 2)) IterateOrSplit(half);
    }

    /// <summary>The boundary of a lane: one that diverges leaves the others alone.</summary>
    private void Guard(Lane lane, Action finish)
    {
        try
        {
            finish();
        }
        catch (Exception e)
        {
            lane.Fail(e);
            Remove(lane);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var lane in _lanes) lane.Dispose();
    }

    /// <returns>Whether there is anything to train.</returns>
    private bool Admit(Queue<JobRun[]> waiting, Func<JobRun[], Lane> start)
    {
        while (_lanes.Count < _width && waiting.TryDequeue(out var jobs))
        {
            var wanted = jobs.Where(job => job.Begin()).ToArray();
            if (wanted.Length == 0) continue;
            try
            {
                _lanes.Add(start(wanted));
            }
            // The boundary of a job: whatever is wrong with it, the others go on.
            catch (Exception e) when (e is not OperationCanceledException)
            {
                foreach (var job in wanted) job.Events.Fail(e);
            }
            catch (OperationCanceledException)
            {
                // What they came with: none has gone on.
                foreach (var job in wanted) job.Events.Return(job.Checkpoint);
            }
        }
        return _lanes.Count > 0;
    }

    /// <summary>Lanes for one step each: as many as may be, and as have room.</summary>
    private IEnumerable<Lane[]> Fitting(IEnumerable<Lane> lanes)
    {
        var (step, left) = (new List<Lane>(), bytes);
        foreach (var lane in lanes)
        {
            var needed = lane.StepBytes;
            if (step.Count > 0 && (step.Count == _width || needed > left))
            {
                yield return [.. step];
                (step, left) = ([], bytes);
            }
            step.Add(lane);
            left -= needed;
        }
        if (step.Count > 0) yield return [.. step];
    }

    private void Remove(Lane lane)
    {
        _lanes.Remove(lane);
        lane.Dispose();
    }
}
