using AdaptCluster.Contracts;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Safetensors;

namespace AdaptCluster.Training.Jobs;

/// <summary>Restores a job's trained tensors into a method, which may have been created for different classes.</summary>
internal static class TrainedTensors
{
    /// <summary>
    /// Restores trained tensors into a newly created method, replacing the initial values. Momentum and scores keep their initial values,
    /// because only training needs them.
    /// </summary>
    internal static void Restore(ITrainableMethod method, byte[] prompts, string source)
    {
        using var file = SafetensorsFile.Read(prompts, source);
        var (weights, state) = (method.Weights(), method.State());
        if (file.Entries.Keys.Except(weights.Keys).FirstOrDefault() is { } stranger)
            throw new InvalidInputException($"{source}: the method has no tensor '{stranger}'; it has {Names(weights.Keys)}.");
        foreach (var (name, like) in weights)
        {
            if (!file.Entries.TryGetValue(name, out var entry) || entry.ScalarType != like.dtype || !entry.Shape.SequenceEqual(like.shape))
            {
                var found = entry is null ? "missing" : $"{entry.Dtype} {entry.ShapeText}";
                throw new InvalidInputException($"{source}: tensor '{name}' is {found}, "
                    + $"but {like.dtype} [{string.Join(", ", like.shape)}] is expected; the file belongs to another job.");
            }
            state[name] = file.ToTensor(name);
        }
        using var whole = SafetensorsFile.Read(SafetensorsWriter.ToBytes(state), source);
        method.Restore(whole);
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));
}
