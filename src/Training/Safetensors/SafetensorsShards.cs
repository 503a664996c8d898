using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;
using TorchSharp;

namespace AdaptCluster.Training.Safetensors;

/// <summary>
/// The weights in a snapshot folder: model.safetensors, or the shards listed in model.safetensors.index.json (Hugging Face's layout for
/// large models, in which "weight_map" maps each tensor to its file). Not thread-safe.
/// </summary>
public sealed class SafetensorsShards : IDisposable
{
    /// <summary>The file name for weights that are not sharded.</summary>
    public const string FileName = "model.safetensors";

    /// <summary>The file name of the shard index.</summary>
    public const string IndexName = FileName + ".index.json";

    private const long MaxIndexBytes = 64 << 20;
    private const int MaxShards = 1000;

    /// <summary>Common weight formats that are not supported, each with advice for the user.</summary>
    private static readonly (string Name, string Advice)[] Foreign =
    [
        ("pytorch_model.bin", "a pickle, which can run arbitrary code; save the model again with safe_serialization=True"),
        ("open_clip_pytorch_model.bin", "in OpenCLIP's own format; use the Hugging Face CLIPModel of the same weights"),
        ("open_clip_model.safetensors", "in OpenCLIP's own format; use the Hugging Face CLIPModel of the same weights"),
        ("adapter_model.safetensors", "a PEFT adapter; merge it into its base model (merge_and_unload) and save the result"),
        ("model.fp16.safetensors", "the half-precision variant; rename it to model.safetensors"),
        ("diffusion_pytorch_model.safetensors", "a part of a diffusers pipeline, not a CLIP model"),
        ("tf_model.h5", "in TensorFlow's format; use the PyTorch snapshot with safetensors"),
        ("flax_model.msgpack", "in Flax's format; use the PyTorch snapshot with safetensors"),
    ];

    private readonly Dictionary<string, SafetensorsFile> _fileOf = new(StringComparer.Ordinal);
    private readonly List<SafetensorsFile> _files = [];

    private SafetensorsShards(string source) => Source = source;

    /// <summary>The path of the single file or of the index, which identifies the weights in messages.</summary>
    public string Source { get; }

    /// <summary>The tensors in all shards, keyed by name.</summary>
    public Dictionary<string, SafetensorsEntry> Entries { get; } = new(StringComparer.Ordinal);

    /// <summary>Returns the names of the weight files in a folder, including the index.</summary>
    /// <param name="folder">The snapshot folder.</param>
    /// <exception cref="InvalidInputException">There are no weights, or the index is damaged.</exception>
    public static IReadOnlyList<string> Files(string folder)
    {
        if (Exists(folder, FileName)) return [FileName];
        if (!Exists(folder, IndexName)) throw NoWeights(folder);
        return [IndexName, .. ReadIndex(Path.Combine(folder, IndexName)).Values.Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Opens the weights in a folder.</summary>
    /// <param name="folder">The snapshot folder.</param>
    /// <exception cref="InvalidInputException">There are no weights, or a file is missing, damaged, or lacks a tensor that the index
    /// assigns to it.</exception>
    public static SafetensorsShards Open(string folder)
    {
        if (Exists(folder, FileName) || !Exists(folder, IndexName))
        {
            if (!Exists(folder, FileName)) throw NoWeights(folder);
            var whole = new SafetensorsShards(Path.Combine(folder, FileName));
            foreach (var name in whole.Add(whole.Source).Entries.Keys) whole.Take(name, whole._files[0]);
            return whole;
        }
        var set = new SafetensorsShards(Path.Combine(folder, IndexName));
        try
        {
            foreach (var shard in ReadIndex(set.Source).GroupBy(pair => pair.Value, pair => pair.Key))
            {
                var file = set.Add(Path.Combine(folder, shard.Key));
                foreach (var name in shard) set.Take(name, file);
            }
            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>Reads one tensor into CPU memory.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <param name="dtype">The element type to convert to; null for the type in the file.</param>
    /// <inheritdoc cref="SafetensorsFile.ToTensor"/>
    public torch.Tensor ToTensor(string name, torch.ScalarType? dtype = null) => _fileOf[name].ToTensor(name, dtype);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private static bool Exists(string folder, string name) =>
        Path.Exists(Path.Combine(folder, name)) || new FileInfo(Path.Combine(folder, name)).LinkTarget is not null;

    private SafetensorsFile Add(string path)
    {
        var file = SafetensorsFile.Open(path);
        _files.Add(file);
        return file;
    }

    private void Take(string name, SafetensorsFile file)
    {
        if (!file.Entries.TryGetValue(name, out var entry))
            throw new InvalidInputException(
                $"{Source}: $.weight_map: tensor '{name}' should be in {Path.GetFileName(file.Source)}, which does not contain it; "
                + "download all files from the same version.");
        Entries.Add(name, entry);
        _fileOf.Add(name, file);
    }

    private static Dictionary<string, string> ReadIndex(string path)
    {
        InvalidInputException Damaged(string why, Exception? inner = null) => new($"{path}: {why}; download it again.", inner);
        if (FileKind.Problem(path) is { } problem) throw new InvalidInputException($"{path} {problem}.");
        try
        {
            var info = new FileInfo(path);
            if (info.Length > MaxIndexBytes) throw Damaged($"it has {info.Length} bytes; the limit for an index is {MaxIndexBytes}");
            var json = File.ReadAllBytes(path);
            if (SnapshotFile.Stranger(json) is { } stranger) throw new InvalidInputException($"{path} {stranger}.");
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions
            {
                AllowDuplicateProperties = false,
                MaxDepth = 8,
            });
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("weight_map", out var map)
                || map.ValueKind != JsonValueKind.Object)
                throw Damaged("$.weight_map, an object that maps each tensor to its file, is missing");
            var files = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in map.EnumerateObject())
            {
                // Only a file in the same folder is accepted, because the index is untrusted.
                if (property.Value.ValueKind != JsonValueKind.String || property.Value.GetString() is not { Length: > 0 } file
                    || Path.GetFileName(file) != file || file is "." or ".." || file.Any(char.IsControl))
                    throw Damaged(
                        $"$.weight_map.{property.Name}: found {property.Value.GetRawText()}; expected the name of a file in the same "
                        + "folder");
                files.Add(property.Name, file);
            }
            var shards = files.Values.Distinct().Count();
            return shards is > 0 and <= MaxShards ? files : throw Damaged($"$.weight_map names {shards} files; expected 1 to {MaxShards}");
        }
        // InvalidOperationException: half of a surrogate pair is valid JSON, but it cannot be converted to a .NET string.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Damaged($"not valid JSON ({e.Message.Split(". ")[0]})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Damaged(e.Message.TrimEnd('.'), e);
        }
    }

    private static InvalidInputException NoWeights(string folder)
    {
        var found = Foreign.Where(file => Exists(folder, file.Name))
            .Select(file => $"; found {file.Name}, {file.Advice}").FirstOrDefault()
            ?? (Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.pt").Any()
                ? "; a .pt file is in OpenAI's own format, so use the Hugging Face snapshot of the same model" : "");
        return new($"{folder} has neither {FileName} nor {IndexName}{found}.");
    }
}
