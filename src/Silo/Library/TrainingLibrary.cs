using System.Collections.Concurrent;
using System.Security.Cryptography;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Training.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Silo.Library;

/// <summary>
/// The backbones and data sets under this silo's roots. Each is opened once and shared by all workers: a frozen backbone is only read, so
/// every job after the first starts at once.
/// </summary>
public sealed class TrainingLibrary(SiloSettings settings) : IDisposable
{
    private static readonly string[] BackboneFiles = [ClipConfig.FileName, ClipModel.WeightsFileName, "vocab.json", "merges.txt"];

    private readonly ConcurrentDictionary<string, Lazy<Backbone>> _backbones = new();
    private readonly ConcurrentDictionary<DatasetSource, Lazy<IDataset>> _datasets = new();

    /// <summary>The names of the data sets that a spec can give as a bare string.</summary>
    public IReadOnlyList<string> KnownDatasets => DrawnDatasets.Names;

    /// <summary>The device that backbones live on.</summary>
    public torch.Device Device { get; } = TorchRuntime.Device(settings.Device);

    /// <summary>Opens a backbone.</summary>
    /// <param name="name">Its folder, relative to a model root.</param>
    /// <exception cref="InvalidInputException">There is none, or it is damaged.</exception>
    public Backbone Backbone(string name) => Shared(_backbones, name, OpenBackbone);

    /// <summary>Opens a data set.</summary>
    /// <exception cref="InvalidInputException">There is none, or it is damaged.</exception>
    public IDataset Dataset(DatasetSource source) => Shared(_datasets, source, OpenDataset);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var backbone in _backbones.Values)
            if (backbone.IsValueCreated) backbone.Value.Model.Dispose();
    }

    private Backbone OpenBackbone(string name)
    {
        // Links inside a root are followed: a Hugging Face snapshot folder consists of them.
        if (Path.IsPathRooted(name) || name.Split('/', '\\').Contains(".."))
            throw new InvalidInputException($"backbone '{name}': write a folder relative to a model root ({string.Join(" or ", settings.ModelRoots)}), without '..'.");
        var folder = settings.ModelRoots.Select(root => Path.Combine(root, name)).FirstOrDefault(path => File.Exists(Path.Combine(path, ClipConfig.FileName)))
            ?? throw new InvalidInputException($"backbone '{name}': no folder of that name with a {ClipConfig.FileName} below {string.Join(" or ", settings.ModelRoots)}; "
                + "put a Hugging Face CLIP snapshot there, or name another root by ADAPTCLUSTER_MODELS.");
        var config = ClipConfig.Load(Path.Combine(folder, ClipConfig.FileName));
        var tokenizer = ClipTokenizer.Load(folder, config.ContextLength, config.VocabularySize - 2, config.VocabularySize - 1);
        var model = ClipModel.Load(folder, Device);
        return new Backbone(model, tokenizer, new ClipPreprocessor(config.ImageSize), Fingerprint(folder));
    }

    private IDataset OpenDataset(DatasetSource source) => source.Format switch
    {
        "folder" => FolderDataset.Open(settings.DataRoot, source.Path!),
        _ => DrawnDatasets.Find(source.Name) ?? throw new InvalidInputException(
            $"data set '{source.Name}' is unknown; known: {string.Join(", ", KnownDatasets)}; for image folders write {{\"name\": \"{source.Name}\", \"format\": \"folder\", \"path\": \"...\"}}."),
    };

    private static string Fingerprint(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in BackboneFiles)
        {
            using var stream = File.OpenRead(Path.Combine(folder, file));
            hash.AppendData(SHA256.HashData(stream));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The value of a key, made once even when several workers ask at once. A failure is not kept: the file may be mended meanwhile.</summary>
    private static TValue Shared<TKey, TValue>(ConcurrentDictionary<TKey, Lazy<TValue>> cache, TKey key, Func<TKey, TValue> make) where TKey : notnull
    {
        var entry = cache.GetOrAdd(key, k => new Lazy<TValue>(() => make(k)));
        try
        {
            return entry.Value;
        }
        catch
        {
            cache.TryRemove(new KeyValuePair<TKey, Lazy<TValue>>(key, entry));
            throw;
        }
    }
}

/// <summary>A frozen CLIP with what turns texts and images into its inputs.</summary>
/// <param name="Model">The towers.</param>
/// <param name="Tokenizer">Its vocabulary.</param>
/// <param name="Preprocessor">Its image size.</param>
/// <param name="Fingerprint">SHA-256 over the hashes of its files, in hexadecimal.</param>
public sealed record Backbone(ClipModel Model, ITokenizer Tokenizer, IImagePreprocessor Preprocessor, string Fingerprint);
