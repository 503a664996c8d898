using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Safetensors;
using TorchSharp;

namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>Loads or randomly initializes a CLIP model's tensors, in float32 and keyed by their Hugging Face names.</summary>
internal static class ClipWeights
{
    private const int NamesInMessage = 5;

    /// <summary>Reads the weights from a snapshot folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="config">The expected dimensions.</param>
    /// <exception cref="InvalidInputException">Tensors are missing, unknown, or have a different shape or type (the message lists them), or
    /// a weight is not finite.</exception>
    internal static Dictionary<string, torch.Tensor> Load(string folder, ClipConfig config)
    {
        using var file = SafetensorsShards.Open(folder);
        Check(file, config);
        var tensors = new Dictionary<string, torch.Tensor>(StringComparer.Ordinal);
        foreach (var (name, shape) in ClipTensorNames.All(config))
        {
            tensors[name] = file.ToTensor(name, torch.ScalarType.Float32).reshape(shape);
            RequireFinite(file, name, tensors[name]);
            WorkProgress.Report();
        }
        return tensors;
    }

    /// <summary>Checks the names, shapes and types of the tensors in a snapshot folder, without reading the weights.</summary>
    /// <returns>The file entries for the model's tensors.</returns>
    internal static SafetensorsEntry[] Examine(string folder, ClipConfig config)
    {
        using var file = SafetensorsShards.Open(folder);
        Check(file, config);
        return [.. ClipTensorNames.All(config).Select(tensor => file.Entries[tensor.Name])];
    }

    /// <summary>
    /// Initializes weights as OpenAI does (CLIP.initialize_parameters of openai/CLIP). Each tensor has its own random stream, so that its
    /// values do not depend on the other tensors.
    /// </summary>
    /// <param name="config">The model's dimensions.</param>
    /// <param name="seed">The seed of the random streams.</param>
    internal static Dictionary<string, torch.Tensor> Random(ClipConfig config, int seed)
    {
        var tensors = new Dictionary<string, torch.Tensor>(StringComparer.Ordinal);
        foreach (var (name, shape) in ClipTensorNames.All(config))
        {
            tensors[name] = Draw(name, shape, config, new CounterRandom(RandomPurpose.Weights, seed, tensors.Count));
        }
        return tensors;
    }

    private static torch.Tensor Draw(string name, long[] shape, ClipConfig config, CounterRandom random)
    {
        if (name == ClipTensorNames.LogitScale) return torch.tensor((float)config.InitialLogitScale);
        if (name.EndsWith(".bias", StringComparison.Ordinal)) return torch.zeros(shape);
        if (shape.Length == 1 && name != ClipTensorNames.ClassEmbedding) return torch.ones(shape);
        var deviation = Deviation(name, config);
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        foreach (ref var value in values.AsSpan()) value = (float)(deviation * random.NextNormal());
        return torch.tensor(values, shape);
    }

    private static double Deviation(string name, ClipConfig config)
    {
        bool Ends(string end) => name.EndsWith(end, StringComparison.Ordinal);
        var isVision = name.StartsWith(ClipTensorNames.VisionPrefix, StringComparison.Ordinal) || name == ClipTensorNames.VisualProjection;
        var tower = isVision ? config.Vision : config.Text;
        var residual = Math.Pow(tower.Width, -0.5) * Math.Pow(2 * tower.Depth, -0.5);
        return name switch
        {
            ClipTensorNames.PatchEmbedding => Math.Pow(3 * config.PatchSize * config.PatchSize, -0.5),
            ClipTensorNames.TokenEmbedding => 0.02,
            ClipTensorNames.TextPositions => 0.01,
            _ when Ends("out_proj.weight") || Ends("fc2.weight") => residual,
            _ when Ends("fc1.weight") => Math.Pow(2 * tower.Width, -0.5),
            _ => Math.Pow(tower.Width, -0.5),
        };
    }

    private static void RequireFinite(SafetensorsShards file, string name, torch.Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        var finite = tensor.isfinite();
        if (finite.all().item<bool>()) return;
        var count = finite.logical_not().sum().item<long>();
        throw new InvalidInputException(
            $"{file.Source}: tensor '{name}' has {count} weights that are NaN or infinite as float32; the file is damaged.");
    }

    private static void Check(SafetensorsShards file, ClipConfig config)
    {
        var missing = new List<string>();
        var misshapen = new List<string>();
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, shape) in ClipTensorNames.All(config))
        {
            expected.Add(name);
            if (!file.Entries.TryGetValue(name, out var entry)) missing.Add(name);
            else if (!Fits(entry, shape)) misshapen.Add($"{name} is {entry.Dtype} {entry.ShapeText}, not [{string.Join(", ", shape)}]");
        }
        var extra = file.Entries.Keys.Where(n => !expected.Contains(n) && !ClipTensorNames.IsIgnored(n)).ToList();
        if (missing.Count + misshapen.Count + extra.Count == 0) return;
        throw new InvalidInputException($"{file.Source}: the tensors do not match the {ClipConfig.FileName} next to it: "
            + $"missing {List(missing)}; unknown {List(extra)}; wrong shape or type {List(misshapen)}. "
            + "Use files that belong to the same CLIPModel.");
    }

    // Some writers store the logit scale as a vector with one entry.
    private static bool Fits(SafetensorsEntry entry, long[] shape) =>
        entry.Dtype is "F32" or "F16" or "BF16" or "F64" && (entry.Shape.SequenceEqual(shape) || (shape.Length == 0 && entry.Shape is [1]));

    private static string List(List<string> names)
    {
        if (names.Count == 0) return "none";
        var shown = string.Join(", ", names.Take(NamesInMessage));
        return names.Count > NamesInMessage ? $"{names.Count} ({shown}, ...)" : $"{names.Count} ({shown})";
    }
}
