using System.Collections.Concurrent;
using System.Security.Cryptography;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Training.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Safetensors;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Silo.Library;

/// <summary>
/// The backbones and data sets under this silo's roots. Each is opened once and shared by all workers: a frozen backbone is only read, so
/// every job after the first starts at once. It is opened again when a plan is made and its files have changed.
/// </summary>
public sealed class TrainingLibrary : IDisposable
{
    private const string FolderFormat = "folder";
    private static IEnumerable<string> BackboneFiles(string folder) => [ClipConfig.FileName, .. SafetensorsShards.Files(folder), "vocab.json", "merges.txt"];

    private readonly SiloSettings _settings;
    private readonly Shelf<string, Backbone> _backbones;
    private readonly Shelf<(string Format, string Place), IDataset> _datasets;

    // With those that were replaced: jobs may still use them.
    private readonly ConcurrentBag<ClipModel> _models = [];

    /// <summary>Opens nothing yet.</summary>
    /// <param name="settings">The silo's roots and device.</param>
    public TrainingLibrary(SiloSettings settings)
    {
        _settings = settings;
        Device = TorchRuntime.Device(settings.Device);
        _backbones = new()
        {
            Describe = name => $"backbone '{name}'",
            Stamp = name => Stamp(BackboneFolder(name)),
            Open = OpenBackbone,
            Fingerprint = backbone => backbone.Fingerprint,
            Choose = KeepEqual,
        };
        _datasets = new()
        {
            Describe = key => $"data set '{key.Place}'",
            Stamp = key => key.Format == FolderFormat ? FolderDataset.Stamp(settings.DataRoot, key.Place) : "",
            Open = key => OpenDataset(key.Format, key.Place),
            Fingerprint = dataset => dataset.Fingerprint,
            Choose = (_, opened) => opened,
        };
    }

    /// <summary>The names of the data sets that a spec can give as a bare string.</summary>
    public IReadOnlyList<string> KnownDatasets => DrawnDatasets.Names;

    /// <summary>The device that backbones live on.</summary>
    public torch.Device Device { get; }

    /// <summary>The backbone as it was opened first, or as it was when it was last asked for by <see cref="CurrentBackbone"/>.</summary>
    /// <param name="name">Its folder, relative to a model root.</param>
    /// <exception cref="InvalidInputException">There is none, or it is damaged.</exception>
    public Backbone Backbone(string name) => _backbones.Kept(name);

    /// <summary>The backbone that a plan was made for.</summary>
    /// <param name="name">Its folder, relative to a model root.</param>
    /// <param name="expectedFingerprint">The plan's fingerprint of it.</param>
    /// <exception cref="InvalidInputException">There is none, it is damaged, or its files are others than the plan's.</exception>
    public Backbone Backbone(string name, string expectedFingerprint) => _backbones.Expected(name, expectedFingerprint);

    /// <summary>The backbone as its files are now: opened again if they have changed.</summary>
    /// <param name="name">Its folder, relative to a model root.</param>
    /// <exception cref="InvalidInputException">There is none, or it is damaged.</exception>
    public Backbone CurrentBackbone(string name) => _backbones.Current(name);

    /// <summary>The data set as it was opened first, or as it was when it was last asked for by <see cref="CurrentDataset"/>.</summary>
    /// <exception cref="InvalidInputException">There is none, or it is damaged.</exception>
    public IDataset Dataset(DatasetSource source) => _datasets.Kept(Key(source));

    /// <summary>The data set that a plan was made for.</summary>
    /// <param name="source">As in the spec.</param>
    /// <param name="expectedFingerprint">The plan's fingerprint of it.</param>
    /// <exception cref="InvalidInputException">There is none, it is damaged, or its files are others than the plan's.</exception>
    public IDataset Dataset(DatasetSource source, string expectedFingerprint) => _datasets.Expected(Key(source), expectedFingerprint);

    /// <summary>The data set as its files are now: opened again if they have changed.</summary>
    /// <exception cref="InvalidInputException">There is none, or it is damaged.</exception>
    public IDataset CurrentDataset(DatasetSource source) => _datasets.Current(Key(source));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in _models) model.Dispose();
    }

    private static (string Format, string Place) Key(DatasetSource source) =>
        source.Format == FolderFormat ? (FolderFormat, source.Path!) : (source.Format, source.Name);

    /// <summary>The folder of a backbone.</summary>
    /// <exception cref="InvalidInputException">There is none.</exception>
    internal string BackboneFolder(string name)
    {
        // Links inside a root are followed: a Hugging Face snapshot folder consists of them.
        if (Path.IsPathRooted(name) || name.Split('/', '\\').Contains(".."))
            throw new InvalidInputException($"backbone '{name}': write a folder relative to a model root ({string.Join(" or ", _settings.ModelRoots)}), without '..'.");
        return _settings.ModelRoots.Select(root => Path.Combine(root, name)).FirstOrDefault(path => File.Exists(Path.Combine(path, ClipConfig.FileName)))
            ?? throw new InvalidInputException($"backbone '{name}': no folder of that name with a {ClipConfig.FileName} below {string.Join(" or ", _settings.ModelRoots)}; "
                + "put a Hugging Face CLIP snapshot there, or name another root by ADAPTCLUSTER_MODELS.");
    }

    private Backbone OpenBackbone(string name)
    {
        var folder = BackboneFolder(name);
        var config = ClipConfig.Load(Path.Combine(folder, ClipConfig.FileName));
        var tokenizer = ClipTokenizer.Load(folder, config.ContextLength, config.VocabularySize - 2, config.VocabularySize - 1);
        var model = ClipModel.Load(folder, Device);
        _models.Add(model);
        return new Backbone(model, tokenizer, new ClipPreprocessor(config.ImageSize), Fingerprint(folder));
    }

    private IDataset OpenDataset(string format, string place) => format switch
    {
        FolderFormat => FolderDataset.Open(_settings.DataRoot, place),
        _ => DrawnDatasets.Find(place) ?? throw new InvalidInputException(
            $"data set '{place}' is unknown; known: {string.Join(", ", KnownDatasets)}; for image folders write {{\"name\": \"{place}\", \"format\": \"folder\", \"path\": \"...\"}}."),
    };

    /// <summary>SHA-256 over the hashes of a backbone's files, in hexadecimal.</summary>
    internal static string Fingerprint(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in BackboneFiles(folder))
        {
            using var stream = File.OpenRead(Path.Combine(folder, file));
            hash.AppendData(SHA256.HashData(stream));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Stamp(string folder) => string.Join('\n', BackboneFiles(folder).Select(name =>
    {
        var path = Path.Combine(folder, name);
        try
        {
            // The length and time of a link are its own, not those of what it leads to.
            var file = new FileInfo(new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path);
            return file.Exists ? $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}" : "";
        }
        catch (IOException)
        {
            // A file that is not there or a cycle of links: opening says so.
            return "";
        }
    }));

    /// <summary>Of two backbones with the same contents the kept one stays, for jobs use it; the other's memory is freed at once.</summary>
    private static Backbone KeepEqual(Backbone kept, Backbone opened)
    {
        if (kept.Fingerprint != opened.Fingerprint) return opened;
        opened.Model.Dispose();
        return kept;
    }
}

/// <summary>A frozen CLIP with what turns texts and images into its inputs.</summary>
/// <param name="Model">The towers.</param>
/// <param name="Tokenizer">Its vocabulary.</param>
/// <param name="Preprocessor">Its image size.</param>
/// <param name="Fingerprint">SHA-256 over the hashes of its files, in hexadecimal.</param>
public sealed record Backbone(ClipModel Model, ClipTokenizer Tokenizer, IImagePreprocessor Preprocessor, string Fingerprint);
