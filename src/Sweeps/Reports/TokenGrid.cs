using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>A tower whose blocks can have context tokens.</summary>
public enum Branch
{
    /// <summary>The image tower.</summary>
    Image,

    /// <summary>The text tower.</summary>
    Text,
}

/// <summary>
/// The context tokens of one job over its prune steps. A token's index is block × length + place, where block and place are counted from 0.
/// </summary>
public sealed class TokenGrid
{
    private readonly JobHistory _history;

    private TokenGrid(JobHistory history, int depth, int length) => (_history, Depth, Length) = (history, depth, length);

    /// <summary>The number of blocks that have context tokens.</summary>
    public int Depth { get; }

    /// <summary>The number of tokens per block before pruning.</summary>
    public int Length { get; }

    /// <summary>Reads the masks of a job.</summary>
    /// <exception cref="InvalidInputException">The job's method does not prune.</exception>
    /// <exception cref="AdaptClusterException">The job has not pruned anything yet, or its masks do not match its settings.</exception>
    public static TokenGrid Of(JobHistory history)
    {
        var name = $"job {history.Status.Id} ({history.Status.Description})";
        if (history.Definition.Pruning is not { } adapt)
            throw new InvalidInputException($"{name} has no masks, since only adapt prunes context tokens; write the id of an adapt job.");
        var size = adapt.PromptDepth * adapt.MaxContextLength;
        if (history.Prunes.Length == 0)
            throw new AdaptClusterException($"{name} has not pruned any tokens yet; 'sweep status' shows its progress.");
        if (history.Prunes.Any(step => step.ImageMask.Length != size || step.TextMask.Length != size))
            throw new AdaptClusterException(
                $"{name}: its masks are not {adapt.PromptDepth} × {adapt.MaxContextLength}; they were written by a different version.");
        return new TokenGrid(history, adapt.PromptDepth, adapt.MaxContextLength);
    }

    /// <summary>Returns the mask of a branch after a prune step.</summary>
    /// <param name="branch">The branch.</param>
    /// <param name="step">The step's number, counted from 1; 0 is the state before the first step.</param>
    /// <exception cref="InvalidInputException">The step does not exist.</exception>
    public byte[] Mask(Branch branch, int step)
    {
        if (step < 0 || step > _history.Prunes.Length)
            throw new InvalidInputException(
                $"--step {step}: the job has {_history.Prunes.Length} prune steps; write a number from 0 (before the first) to "
                + $"{_history.Prunes.Length}.");
        if (step == 0) return [.. Enumerable.Repeat((byte)1, Depth * Length)];
        return branch == Branch.Image ? _history.Prunes[step - 1].ImageMask : _history.Prunes[step - 1].TextMask;
    }

    /// <summary>Returns the mask as rows of 1 and 0, one row per block.</summary>
    /// <param name="branch">The branch.</param>
    /// <param name="step">The step's number, counted from 1; 0 is the state before the first step.</param>
    /// <exception cref="InvalidInputException">The step does not exist.</exception>
    public int[][] Rows(Branch branch, int step) =>
        [.. Mask(branch, step).Chunk(Length).Select(row => Array.ConvertAll(row, token => (int)token))];

    /// <summary>Returns the epoch of a prune step.</summary>
    public int Epoch(int step) =>
        _history.IterationsPerEpoch == 0 ? 0 : ((_history.Prunes[step - 1].Iteration - 1) / _history.IterationsPerEpoch) + 1;

    /// <summary>Returns, for each token of a branch, the iteration that pruned it; null for live tokens.</summary>
    public int?[] Lives(Branch branch)
    {
        var lives = new int?[Depth * Length];
        for (var step = 1; step <= _history.Prunes.Length; step++)
        {
            var mask = Mask(branch, step);
            for (var token = 0; token < lives.Length; token++)
                if (mask[token] == 0) lives[token] ??= _history.Prunes[step - 1].Iteration;
        }
        return lives;
    }
}
