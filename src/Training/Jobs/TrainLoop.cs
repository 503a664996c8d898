using System.Diagnostics;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// Trains several jobs at once: in each iteration, all lanes pass through the frozen backbone, together if possible. A lane's result does
/// not depend on the other lanes; on a CPU, it is the same bit for bit. Which jobs a worker runs together, and how many, is therefore
/// irrelevant to results.
/// </summary>
/// <param name="width">The maximum number of lanes in one iteration. Further jobs wait until a lane ends.</param>
/// <param name="bytes">The approximate limit on the memory of a step in bytes. A lane that needs more memory trains in a separate
/// step.</param>
/// <param name="unread">The number of iterations whose losses are read together.</param>
/// <param name="updateTogether">Whether the tensors of all lanes of a step are updated as one.</param>
internal sealed class TrainLoop(int width, long bytes, int unread = 1, bool updateTogether = false) : IDisposable
{
    private readonly List<Lane> _lanes = [];
    private readonly JointPasses _passes = new();
    private int _width = width;

    /// <summary>Runs all jobs to completion.</summary>
    /// <param name="trunks">The groups of jobs, each of which starts in one lane, in the order in which to run them.</param>
    /// <param name="start">A function that creates the lane for a group.</param>
    /// <param name="onEnded">A handler that is called with the lanes whose training ended in the same iteration.</param>
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
    /// Runs one iteration of the given lanes. The lanes draw their batches and run the backbone's forward and backward passes together.
    /// Then each lane separately scores its tokens from the gradients, updates them and prunes them. <see cref="Run"/> reports the epochs
    /// that have ended.
    /// </summary>
    /// <returns>The error that occurred in the forward or backward pass, in which case nothing was updated; null if no error
    /// occurred.</returns>
    private Exception? Iterate(Lane[] lanes)
    {
        using var scope = torch.NewDisposeScope();
        // A CPU step of many lanes can take longer than the time after which a worker counts as stalled.
        using var observing = WorkProgress.Observe(lanes[0].Jobs[0].Events.Moved);
        var started = Stopwatch.GetTimestamp();
        StepResult[] results;
        (int Iteration, double Loss)[][] losses;
        try
        {
            var cache = new BatchCache();
            results = TrainingStep.Differentiate([.. lanes.Select(lane => lane.NextBatch(cache))], _passes);
            foreach (var (lane, result) in lanes.Zip(results)) lane.Keep(result);
            // If the losses of one lane are needed, the losses of all lanes are read, so that they share one wait.
            losses = lanes.Any(lane => lane.HasLosses(unread)) ? Lane.ReadLosses(lanes) : [.. lanes.Select(_ => ((int, double)[])[])];
        }
        catch (Exception e)
        {
            return e;
        }
        var time = Stopwatch.GetElapsedTime(started) / lanes.Length;
        // Each phase is guarded for each lane, so that a lane that fails does not affect the others.
        var ready = lanes.Zip(results, losses).Where(one => Guard(one.First, () => Prepare(one.First, one.Third))).ToArray();
        var updated = Updated([.. ready.Select(one => one.First)]);
        foreach (var (lane, result, _) in ready.Where(one => updated.Contains(one.First))) Guard(lane, () => Finish(lane, result, time));
        return null;
    }

    private static void Prepare(Lane lane, (int Iteration, double Loss)[] losses)
    {
        lane.Jobs[0].Events.Moved();
        lane.AddLosses(losses);
        // Without a scope of its own: a method may replace gradients, and the update reads them.
        lane.Method.BeforeUpdate(lane.Iteration);
    }

    /// <summary>Updates the tensors of lanes, and returns the lanes that were updated.</summary>
    private HashSet<Lane> Updated(Lane[] lanes)
    {
        var updated = new HashSet<Lane>();
        foreach (var equal in lanes.GroupBy(lane => (lane.Optimiser, lane.LearningRate)).Select(group => group.ToArray()))
        {
            if (updateTogether && equal.Length > 1 && UpdateTogether(equal)) updated.UnionWith(equal);
            else updated.UnionWith(equal.Where(lane => Guard(lane, () => lane.Optimiser.Update(lane.Method.Trained, lane.LearningRate))));
        }
        return updated;
    }

    /// <returns>Whether the tensors were updated; false if there is not enough memory to do so together.</returns>
    private static bool UpdateTogether(Lane[] lanes)
    {
        try
        {
            lanes[0].Optimiser.UpdateTogether([.. lanes.SelectMany(lane => lane.Method.Trained)], lanes[0].LearningRate);
            return true;
        }
        catch (Exception e) when (OutOfMemory.Is(e))
        {
            return false;
        }
    }

    private void Finish(Lane lane, StepResult result, TimeSpan time)
    {
        using var scope = torch.NewDisposeScope();
        var iteration = lane.Iteration;
        lane.Count(result, time);
        var parted = lane.Part(iteration);
        _lanes.InsertRange(_lanes.IndexOf(lane) + 1, parted);
        // Each lane is guarded separately, so that an error in one does not leave the others unpruned.
        foreach (var each in (Lane[])[lane, .. parted]) Guard(each, () => each.Prune(iteration));
    }

    /// <summary>
    /// Runs one iteration. After an error, retries with each half of the lanes, because the lanes may need too much memory together, or one
    /// lane may make all of them fail.
    /// </summary>
    private void IterateOrSplit(Lane[] lanes)
    {
        // Outside the iteration's scope, so that memory held by the failed iteration is free before the halves are tried.
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

    /// <summary>Catches errors in one lane, so that a lane that diverges does not affect other lanes.</summary>
    /// <returns>Whether there was no error.</returns>
    private bool Guard(Lane lane, Action phase)
    {
        try
        {
            phase();
            return true;
        }
        catch (Exception e)
        {
            lane.Fail(e);
            Remove(lane);
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var lane in _lanes) lane.Dispose();
    }

    /// <returns>Whether there are any lanes left to train.</returns>
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
            // The boundary of a job: an error fails only this job.
            catch (Exception e) when (e is not OperationCanceledException)
            {
                foreach (var job in wanted) job.Events.Fail(e);
            }
            catch (OperationCanceledException)
            {
                // The jobs keep the checkpoints that they came with, because none of them has made progress.
                foreach (var job in wanted) job.Events.Return(job.Checkpoint);
            }
        }
        return _lanes.Count > 0;
    }

    /// <summary>Divides lanes into steps, each with as many lanes as the width and the byte limit allow.</summary>
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
