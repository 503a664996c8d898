namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// Calls that share a transaction: those that come while one runs go into the next together, so that what a call costs does not grow with
/// the callers. The bound of a batch is halved after one that failed or outlasted its callers' patience, and doubled again by each other
/// one: what a slow store cannot write in time gets through in parts, and a call that always fails keeps its neighbours back only until it
/// goes alone. Used on one grain's scheduler, so it needs no lock.
/// </summary>
/// <param name="write">Does what a batch of calls asks for, in their order; its error is that of all of them.</param>
/// <param name="weigh">How much a call counts towards <paramref name="most"/>.</param>
/// <param name="most">Most of one batch; a call that weighs more goes alone.</param>
/// <param name="patience">How long a caller waits. Older calls are dropped: nobody hears the answer, and the caller repeats it.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedCalls<TCall, TAnswer>(Func<IReadOnlyList<TCall>, Task<IReadOnlyList<TAnswer>>> write, Func<TCall, long> weigh,
    long most, TimeSpan patience, TimeProvider time)
{
    private readonly Queue<(TCall Call, long Came, TaskCompletionSource<TAnswer> Answer)> _pending = new();
    private bool _writing;

    // What the store could write lately; null for the whole of a batch.
    private long? _bound;

    /// <summary>Makes a call.</summary>
    public Task<TAnswer> CallAsync(TCall call)
    {
        var answer = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending.Enqueue((call, time.GetTimestamp(), answer));
        if (!_writing) WriteAsync().Ignore();
        return answer.Task;
    }

    private async Task WriteAsync()
    {
        _writing = true;
        try
        {
            while (Take() is { Count: > 0 } batch) await WriteAsync(batch);
        }
        finally
        {
            _writing = false;
        }
    }

    private async Task WriteAsync(List<(TCall Call, long Came, TaskCompletionSource<TAnswer> Answer)> batch)
    {
        var began = time.GetTimestamp();
        try
        {
            var answers = await write([.. batch.Select(item => item.Call)]);
            if (time.GetElapsedTime(began) > patience) Halve(batch);
            else if (_bound is { } bound) _bound = 2 * bound < most ? 2 * bound : null;
            for (var i = 0; i < batch.Count; i++) batch[i].Answer.SetResult(answers[i]);
        }
        // Nothing of the batch was kept; each of its callers hears why and tries again.
        catch (Exception e)
        {
            Halve(batch);
            foreach (var (_, _, answer) in batch) answer.TrySetException(e);
        }
    }

    private void Halve(List<(TCall Call, long Came, TaskCompletionSource<TAnswer> Answer)> batch) =>
        _bound = Math.Max(1, Math.Min(_bound ?? most, batch.Sum(item => weigh(item.Call))) / 2);

    private List<(TCall Call, long Came, TaskCompletionSource<TAnswer> Answer)> Take()
    {
        var batch = new List<(TCall, long, TaskCompletionSource<TAnswer>)>();
        for (var weight = 0L; _pending.TryPeek(out var next);)
        {
            if (time.GetElapsedTime(next.Came) > patience)
            {
                _pending.Dequeue().Answer.SetException(new TimeoutException("The sweep was busy for longer than its caller waits."));
                continue;
            }
            weight += weigh(next.Call);
            if (batch.Count > 0 && weight > (_bound ?? most)) break;
            batch.Add(_pending.Dequeue());
        }
        return batch;
    }
}
