using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Methods.Adapt.Scorers;
using AdaptCluster.Training.Numerics;
using AdaptCluster.Training.Optimisation;
using AdaptCluster.Training.Safetensors;
using TorchSharp;

namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>
/// The prompts of one branch, P [depth, max context length, width], with their mask and accumulated scores. Only live rows are stored, so a
/// removed token has no keys and no optimiser state, and takes no memory. Files contain the full tensors, in which removed rows are 0.
/// </summary>
internal sealed class PromptBranch : IDisposable
{
    private readonly string _name;
    private readonly int _depth, _length, _width;
    private readonly torch.Device _device;
    private torch.Tensor _scores;

    private PromptBranch(string name, int depth, int length, torch.Tensor rows, ContextMask mask)
    {
        (_name, _depth, _length, _width, _device) = (name, depth, length, (int)rows.shape[1], rows.device);
        Mask = mask;
        Rows = new TrainedTensor(rows);
        _scores = torch.zeros(mask.Count, device: _device).DetachFromDisposeScope();
    }

    /// <summary>The mask of live tokens.</summary>
    internal ContextMask Mask { get; private set; }

    /// <summary>The live rows, [live, width], ordered by depth and position.</summary>
    internal TrainedTensor Rows { get; }

    /// <summary>The accumulated scores of the live tokens, [live].</summary>
    internal torch.Tensor Scores => _scores;

    /// <summary>
    /// Draws prompts from N(0, deviation²). Each block has its own random stream, so a different depth or context length does not change
    /// the other rows.
    /// </summary>
    /// <returns>The prompts, [depth, max context length, width].</returns>
    internal static torch.Tensor Draw(int branch, int depth, AdaptSettings settings, int width, int seed, torch.Device device)
    {
        var values = new float[checked(depth * settings.MaxContextLength * width)];
        var perBlock = settings.MaxContextLength * width;
        for (var block = 0; block < depth; block++)
        {
            var random = new CounterRandom(RandomPurpose.Prompts, seed, branch, block);
            foreach (ref var value in values.AsSpan(block * perBlock, perBlock))
                value = (float)(settings.InitialStandardDeviation * random.NextNormal());
        }
        return NativeTensors.Of(values, device, depth, settings.MaxContextLength, width);
    }

    /// <summary>Creates a branch from given prompts.</summary>
    /// <param name="name">The prefix of the tensor names in files.</param>
    /// <param name="prompts">The prompts, [depth, max context length, width]; rows that are not live are ignored.</param>
    /// <param name="mask">The mask of live rows.</param>
    internal static PromptBranch From(string name, torch.Tensor prompts, ContextMask mask)
    {
        using var scope = torch.NewDisposeScope();
        var shape = prompts.shape;
        var rows = prompts.detach().reshape(-1, shape[2]).index_select(0, Indices(mask.Live, prompts.device));
        return new PromptBranch(name, (int)shape[0], (int)shape[1], rows, mask);
    }

    /// <summary>Returns an independent copy with the same state.</summary>
    internal PromptBranch Copy()
    {
        using var scope = torch.NewDisposeScope();
        var copy = new PromptBranch(_name, _depth, _length, Rows.Value.detach().clone(), new ContextMask(_depth, _length, Mask.ToBytes()));
        copy.Rows.Velocity.copy_(Rows.Velocity);
        copy._scores.copy_(_scores);
        return copy;
    }

    /// <summary>
    /// Replaces the values of the live tokens and resets their momentum and scores to the state before the first iteration.
    /// </summary>
    /// <param name="prompts">The prompts, [depth, max context length, width].</param>
    internal void Restart(torch.Tensor prompts)
    {
        using var scope = torch.NewDisposeScope();
        var rows = prompts.reshape(-1, _width).index_select(0, Indices(Mask.Live, _device));
        Rows.Reset(rows, torch.zeros_like(rows));
        _scores.zero_();
    }

    /// <summary>Returns the live rows of each block, [n, width] each.</summary>
    internal torch.Tensor[] ByBlock() => Rows.Value.split(Mask.CountByDepth(), 0);

    /// <summary>Adds this iteration's scores to the accumulated scores.</summary>
    internal void AddScores(AccumulatedScorer scorer, Saliency saliency)
    {
        if (Mask.Count > 0) _scores.AddInPlace(saliency.Of(scorer, Rows.Value.detach(), Rows.Gradient!));
    }

    /// <summary>Replaces the accumulated scores with scores computed for a prune step, in the order of the live rows.</summary>
    internal void TakeScores(float[] scores)
    {
        _scores.Dispose();
        _scores = NativeTensors.Of(scores, _device, scores.Length).DetachFromDisposeScope();
    }

    /// <summary>Removes tokens and their optimiser state, and resets the scores.</summary>
    /// <param name="removed">The indices of the tokens among the live rows.</param>
    internal void Remove(IReadOnlyCollection<int> removed)
    {
        if (removed.Count > 0)
        {
            using var kept = Indices(Mask.Remove(removed), _device);
            Rows.KeepRows(kept);
        }
        _scores.Dispose();
        _scores = torch.zeros(Mask.Count, device: _device).DetachFromDisposeScope();
    }

    /// <summary>Adds the full prompts and the mask to a dictionary of tensors.</summary>
    internal void AddWeights(Dictionary<string, torch.Tensor> tensors)
    {
        tensors[_name + ".prompts"] = Full(Rows.Value.detach()).reshape(_depth, _length, _width);
        tensors[_name + ".mask"] = torch.tensor(Mask.ToBytes(), [_depth, _length], dtype: torch.ScalarType.Byte);
    }

    /// <summary>Adds the full tensors needed to resume training to a dictionary of tensors.</summary>
    internal void AddState(Dictionary<string, torch.Tensor> tensors)
    {
        AddWeights(tensors);
        tensors[_name + ".velocity"] = Full(Rows.Velocity).reshape(_depth, _length, _width);
        tensors[_name + ".scores"] = Full(_scores.unsqueeze(1)).reshape(_depth, _length);
    }

    /// <summary>Restores the tensors that <see cref="AddState"/> added.</summary>
    internal void Restore(SafetensorsFile file)
    {
        using var scope = torch.NewDisposeScope();
        Mask = new ContextMask(_depth, _length, Read(file, "mask", torch.ScalarType.Byte, [_depth, _length]).bytes);
        var live = Indices(Mask.Live, torch.CPU);
        torch.Tensor LiveRows(string part, long[] shape, params long[] flat) =>
            Read(file, part, torch.ScalarType.Float32, shape).reshape(flat).index_select(0, live).to(_device);
        long[] full = [_depth, _length, _width];
        Rows.Reset(LiveRows("prompts", full, -1, _width), LiveRows("velocity", full, -1, _width));
        _scores.Dispose();
        _scores = LiveRows("scores", [_depth, _length], -1).DetachFromDisposeScope();
    }

    public void Dispose()
    {
        Rows.Dispose();
        _scores.Dispose();
    }

    private static torch.Tensor Indices(ReadOnlySpan<int> values, torch.Device device)
    {
        var indices = new long[values.Length];
        for (var i = 0; i < indices.Length; i++) indices[i] = values[i];
        return torch.tensor(indices, device: device);
    }

    private torch.Tensor Full(torch.Tensor rows) =>
        torch.zeros(_depth * _length, rows.shape[1], device: _device).index_copy(0, Indices(Mask.Live, _device), rows);

    private torch.Tensor Read(SafetensorsFile file, string part, torch.ScalarType type, long[] shape)
    {
        var name = $"{_name}.{part}";
        if (!file.Entries.TryGetValue(name, out var entry) || entry.ScalarType != type || !entry.Shape.SequenceEqual(shape))
        {
            var found = entry is null ? "missing" : $"{entry.Dtype} {entry.ShapeText}";
            throw new InvalidInputException($"{file.Source}: tensor '{name}' is {found}, "
                + $"but {type} [{string.Join(", ", shape)}] is expected; the file belongs to another job.");
        }
        return file.ToTensor(name);
    }
}
