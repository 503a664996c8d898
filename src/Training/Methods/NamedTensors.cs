using AdaptCluster.Contracts;
using AdaptCluster.Training.Optimisation;
using AdaptCluster.Training.Safetensors;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>The trained tensors of a method, keyed by their names in files. The shapes of the tensors never change.</summary>
public sealed class NamedTensors : IDisposable
{
    private const string Velocity = ".velocity";

    private readonly Dictionary<string, TrainedTensor> _tensors;

    /// <summary>Initializes the set from initial values.</summary>
    /// <param name="tensors">The initial values keyed by name; this object takes ownership.</param>
    public NamedTensors(IEnumerable<KeyValuePair<string, torch.Tensor>> tensors)
    {
        _tensors = new(tensors.Select(tensor => KeyValuePair.Create(tensor.Key, new TrainedTensor(tensor.Value))), StringComparer.Ordinal);
        All = [.. _tensors.OrderBy(tensor => tensor.Key, StringComparer.Ordinal).Select(tensor => tensor.Value)];
    }

    /// <summary>The tensors, sorted by name.</summary>
    public IReadOnlyList<TrainedTensor> All { get; }

    /// <summary>The current values of a tensor, which is a leaf of the autograd graph.</summary>
    public torch.Tensor this[string name] => _tensors[name].Value;

    /// <summary>Returns a tensor with its gradient and momentum.</summary>
    public TrainedTensor Of(string name) => _tensors[name];

    /// <summary>Returns copies of the values.</summary>
    public Dictionary<string, torch.Tensor> Weights() =>
        _tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.Value.detach().clone(), StringComparer.Ordinal);

    /// <summary>Returns copies of the values and momenta.</summary>
    public Dictionary<string, torch.Tensor> State()
    {
        var tensors = Weights();
        foreach (var (name, tensor) in _tensors) tensors[name + Velocity] = tensor.Velocity.clone();
        return tensors;
    }

    /// <summary>Restores the tensors that <see cref="State"/> returned.</summary>
    /// <exception cref="InvalidInputException">A tensor is missing or has the wrong shape or type.</exception>
    public void Restore(SafetensorsFile file)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var (name, tensor) in _tensors) tensor.Reset(Read(file, name, tensor.Value), Read(file, name + Velocity, tensor.Value));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in All) tensor.Dispose();
    }

    private static torch.Tensor Read(SafetensorsFile file, string name, torch.Tensor like)
    {
        if (!file.Entries.TryGetValue(name, out var entry) || entry.ScalarType != like.dtype || !entry.Shape.SequenceEqual(like.shape))
        {
            var found = entry is null ? "missing" : $"{entry.Dtype} {entry.ShapeText}";
            throw new InvalidInputException($"{file.Source}: tensor '{name}' is {found}, "
                + $"but {like.dtype} [{string.Join(", ", like.shape)}] is expected; the file belongs to another job.");
        }
        return file.ToTensor(name).to(like.device);
    }
}
