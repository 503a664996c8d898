using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// A lane's losses that are still on the device. Reading one waits for everything before it, and a GPU that is waited for at each step has
/// nothing to do until the next one is launched: so several steps' are read at once. Nothing but reports and the search for a loss that is
/// not finite needs them.
/// </summary>
internal sealed class PendingLosses : IDisposable
{
    private readonly List<(int Iteration, torch.Tensor Loss)> _losses = [];

    /// <summary>How many there are.</summary>
    internal int Count => _losses.Count;

    /// <summary>Keeps one, in place of the same iteration's where that is tried again.</summary>
    /// <param name="iteration">From 1.</param>
    /// <param name="loss">[], float32; taken out of the current dispose scope.</param>
    internal void Add(int iteration, torch.Tensor loss)
    {
        if (_losses is [.., var (last, tried)] && last == iteration)
        {
            tried.Dispose();
            _losses.RemoveAt(_losses.Count - 1);
        }
        _losses.Add((iteration, loss.DetachFromDisposeScope()));
    }

    /// <summary>Reads all of several lanes' losses in one download, and forgets them.</summary>
    /// <param name="lanes">The lanes' losses.</param>
    /// <returns>By lane the iterations and their losses, in order.</returns>
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
