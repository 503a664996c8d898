namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// Batches calls into shared transactions. Calls that arrive while one transaction runs share the next one, so the cost does not grow with
/// the number of callers. The batch limit is halved after a batch that failed or took longer than its callers wait, and doubled after every
/// other batch. A slow store thus receives large batches in smaller parts, and a call that always fails delays other calls only until it
/// runs alone. All calls run on one grain's scheduler, so no lock is needed.
/// </summary>
/// <param name="write">
/// The function that executes a batch of calls in order. If it throws, every call in the batch fails with that exception.
/// </param>
/// <param name="weigh">The function that returns the weight of a call. The weight counts towards <paramref name="most"/>.</param>
/// <param name="most">The maximum weight of a batch. A call that weighs more runs in a batch by itself.</param>
/// <param name="patience">
/// The time that a caller waits for a response. Calls that have waited longer are dropped, because they have timed out and their callers
/// will retry them.
/// </param>
/// <param name="time">The clock.</param>
internal sealed class SharedCalls<TCall, TAnswer>(Func<IReadOnlyList<TCall>, Task<IReadOnlyList<TAnswer>>> write, Func<TCall, long> weigh,
    long most, TimeSpan patience, TimeProvider time)
{
    private readonly Queue<(TCall Call, long Came, TaskCompletionSource<TAnswer> Answer)> _pending = new();
    private bool _writing;

    // The current limit on the weight of a batch; null if only the maximum applies.
    private long? _bound;

    /// <summary>Queues a call and returns its result.</summary>
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
        // Nothing in the batch was stored. Each caller receives the error and tries again.
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
                _pending.Dequeue().Answer.SetException(
                    new TimeoutException("The sweep was busy for longer than the response timeout of its caller."));
                continue;
            }
            weight += weigh(next.Call);
            if (batch.Count > 0 && weight > (_bound ?? most)) break;
            batch.Add(_pending.Dequeue());
        }
        return batch;
    }
}
