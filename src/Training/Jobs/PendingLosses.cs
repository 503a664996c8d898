using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// The losses of a lane that are still on the device. Reading a loss waits for all earlier work, and a GPU that is synchronised at each
/// step is idle until the next step is launched. The losses of several steps are therefore read together. They are needed only for reports
/// and to detect a loss that is not finite.
/// </summary>
internal sealed class PendingLosses : IDisposable
{
    private readonly List<(int Iteration, torch.Tensor Loss)> _losses = [];

    /// <summary>The number of unread losses.</summary>
    internal int Count => _losses.Count;

    /// <summary>Adds a loss. If an iteration is retried, its new loss replaces the earlier one.</summary>
    /// <param name="iteration">The iteration, counted from 1.</param>
    /// <param name="loss">The loss, [], float32. It is detached from the current dispose scope.</param>
    internal void Add(int iteration, torch.Tensor loss)
    {
        if (_losses is [.., var (last, tried)] && last == iteration)
        {
            tried.Dispose();
            _losses.RemoveAt(_losses.Count - 1);
        }
        _losses.Add((iteration, loss.DetachFromDisposeScope()));
    }

    /// <summary>Reads and clears the losses of several lanes in one download.</summary>
    /// <param name="lanes">The pending losses of each lane.</param>
    /// <returns>The iterations and losses of each lane, in order.</returns>
    internal static (int Iteration, double Loss)[][] Read(IReadOnlyList<PendingLosses> lanes)
    {
        var pending = lanes.SelectMany(lane => lane._losses).ToArray();
        if (pending.Length == 0) return [.. lanes.Select(_ => ((int, double)[])[])];
        float[] values;
        using (torch.NewDisposeScope()) values = torch.stack([.. pending.Select(each => each.Loss)]).cpu().data<float>().ToArray();
        var next = 0;
        var read = lanes.Select(lane => lane._losses.Select(each => (each.Iteration, (double)values[next++])).ToArray()).ToArray();
        foreach (var lane in lanes) lane.Dispose();
        return read;
    }

    public void Dispose()
    {
        foreach (var (_, loss) in _losses) loss.Dispose();
        _losses.Clear();
    }
}
