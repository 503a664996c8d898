using System.Collections.Concurrent;
using System.Security.Cryptography;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Sweeps.Specs;
using AdaptCluster.Training;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Caching;
using AdaptCluster.Training.Files;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Libtorch;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Silo.Library;

/// <summary>
/// The backbones and data sets under this silo's roots. Each is opened once and shared by all workers, so later jobs start at once. If its
/// files have changed when a plan is made, it is reopened.
/// </summary>
public sealed class TrainingLibrary : IDisposable
{
    private readonly SiloSettings _settings;
    private readonly BackboneFamilies _families;
    private readonly ReloadingCache<string, Backbone> _backbones;
    private readonly ReloadingCache<DatasetSource, IDataset> _datasets;

    // Includes replaced models, since jobs may still use them.
    private readonly ConcurrentBag<IBackbone> _models = [];

    /// <summary>Initializes a library without opening any backbone or data set.</summary>
    /// <param name="settings">The silo's roots and device.</param>
    /// <param name="families">The backbone families that can be loaded; null for the built-in families.</param>
    public TrainingLibrary(SiloSettings settings, BackboneFamilies? families = null)
    {
        (_settings, _families) = (settings, families ?? BackboneFamilies.BuiltIn);
        settings.LoadLibtorch();
        Device = TorchDevice.Named(settings.Device, "device");
        Images = new ImageCache(settings.Images.For(settings.Home));
        _backbones = new()
        {
            Describe = name => $"backbone '{name}'",
            Stamp = name => Stamp(BackboneFolder(name)),
            Open = OpenBackbone,
            Fingerprint = backbone => backbone.Fingerprint,
            IsStale = _ => false,
            Choose = KeepEqual,
        };
        _datasets = new()
        {
            Describe = key => $"data set '{key.Path ?? key.Name}'",
            Stamp = key => DatasetFormats.Stamp(Opener(key), settings.DataRoots, key),
            Open = OpenDataset,
            Fingerprint = dataset => dataset.Fingerprint,
            IsStale = dataset => DatasetFormats.Files(dataset) is { HasChanged: true },
            Choose = (_, opened) => opened,
        };
    }

    /// <summary>The device of the backbones.</summary>
    public torch.Device Device { get; }

    /// <summary>The cache of test and validation images, shared by all workers.</summary>
    public ImageCache Images { get; }

    /// <summary>Returns the cached backbone, as it was when first opened or last checked by <see cref="CurrentBackbone"/>.</summary>
    /// <param name="name">The backbone's folder, relative to a model root.</param>
    /// <exception cref="InvalidInputException">The backbone does not exist or is damaged.</exception>
    public Backbone Backbone(string name) => _backbones.GetOrOpen(name);

    /// <summary>Returns the backbone that a plan was made for.</summary>
    /// <param name="name">The backbone's folder, relative to a model root.</param>
    /// <param name="expectedFingerprint">The plan's fingerprint of the backbone.</param>
    /// <exception cref="InvalidInputException">The backbone does not exist, is damaged, or differs from the plan's.</exception>
    public Backbone Backbone(string name, string expectedFingerprint) => _backbones.Expected(name, expectedFingerprint);

    /// <summary>Returns the backbone that matches its current files, reopening it if they have changed.</summary>
    /// <param name="name">The backbone's folder, relative to a model root.</param>
    /// <exception cref="InvalidInputException">The backbone does not exist or is damaged.</exception>
    public Backbone CurrentBackbone(string name) => _backbones.Current(name);

    /// <summary>Returns the cached data set, as it was when first opened or last checked by <see cref="CurrentDataset"/>.</summary>
    /// <exception cref="InvalidInputException">The data set does not exist or is damaged.</exception>
    public IDataset Dataset(DatasetSource source) => _datasets.GetOrOpen(Key(source));

    /// <summary>Returns the data set that a plan was made for.</summary>
    /// <param name="source">The data set as written in the spec.</param>
    /// <param name="expectedFingerprint">The plan's fingerprint of the data set.</param>
    /// <exception cref="InvalidInputException">The data set does not exist, is damaged, or differs from the plan's.</exception>
    public IDataset Dataset(DatasetSource source, string expectedFingerprint) => _datasets.Expected(Key(source), expectedFingerprint);

    /// <summary>Returns the data set that matches its current files, reopening it if they have changed.</summary>
    /// <exception cref="InvalidInputException">The data set does not exist or is damaged.</exception>
    public IDataset CurrentDataset(DatasetSource source) => _datasets.Current(Key(source));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in _models) model.Dispose();
        Images.Dispose();
    }

    /// <summary>
    /// Returns the cache key of a data set: the source without its template and, if it has a path, without its column name.
    /// </summary>
    private static DatasetSource Key(DatasetSource source) => source with
    {
        Name = source.Path is null ? source.Name : "",
        Template = null,
    };

    /// <summary>Returns the folder of a backbone.</summary>
    /// <exception cref="InvalidInputException">The folder does not exist.</exception>
    internal string BackboneFolder(string name)
    {
        // Links inside a root are followed: a Hugging Face snapshot folder consists of links.
        if (Path.IsPathRooted(name) || name.Split('/', '\\').Contains(".."))
            throw new InvalidInputException(
                $"backbone '{name}': write a folder relative to a model root ({string.Join(" or ", _settings.ModelRoots)}), without '..'"
                + (Meant(name) is { } relative ? $", such as '{relative}'." : "."));
        string[] places = [.. _settings.ModelRoots.SelectMany(root => SnapshotFolders.Candidates(root, name))];
        if (places.FirstOrDefault(path => File.Exists(Path.Combine(path, BackboneFamilies.ConfigName))) is { } found)
        {
            return SnapshotFolders.Addition(found) is { } addition
                ? throw new InvalidInputException($"backbone '{name}': {found} {addition}.") : found;
        }
        foreach (var place in places.Where(Directory.Exists))
            if (SnapshotFolders.Stranger(place) is { } stranger) throw new InvalidInputException($"backbone '{name}': {place} {stranger}.");
        throw new InvalidInputException($"backbone '{name}': found no folder of that name with a {BackboneFamilies.ConfigName} "
            + $"below {string.Join(" or ", _settings.ModelRoots)}" + (Meant(name) is { } meant ? $" (did you mean '{meant}'?)" : "")
            + "; download a Hugging Face snapshot with "
            + $"'{FetchCommand(name, _settings.ModelRoots[0])}', or set ADAPTCLUSTER_MODELS to another root.");
    }

    /// <summary>
    /// Returns the name of the backbone that the user probably meant, in case of a typing error or if the folder's path was given instead
    /// of its name. Returns null if no backbone is similar.
    /// </summary>
    private string? Meant(string name)
    {
        var last = name.Split('/', '\\')[^1];
        string[] known =
        [
            .. _settings.ModelRoots.Where(Directory.Exists)
                .SelectMany(root => Directory.EnumerateDirectories(root, "*", new EnumerationOptions { IgnoreInaccessible = true }))
                .Where(folder => File.Exists(Path.Combine(folder, BackboneFamilies.ConfigName))).Select(folder => Path.GetFileName(folder)),
        ];
        return known.Contains(last) ? last : EditDistance.Nearest(last, known, least: 1);
    }

    /// <summary>
    /// Returns a command that downloads a backbone into a model root. A name that starts with "clip-vit-" is assumed to be an OpenAI
    /// repository.
    /// </summary>
    private static string FetchCommand(string name, string root)
    {
        var repository = name.StartsWith("clip-vit-", StringComparison.Ordinal) ? $"openai/{name}" : $"OWNER/{Path.GetFileName(name)}";
        return $"hf download {repository} --local-dir {Path.Combine(root, name)}";
    }

    private Backbone OpenBackbone(string name)
    {
        var folder = BackboneFolder(name);
        var loaded = _families.Of(folder).Load(folder, Device);
        _models.Add(loaded.Model);
        return new Backbone(loaded.Model, loaded.Tokenizer, loaded.Preprocessor, Fingerprint(folder));
    }

    /// <summary>Examines a backbone without reading its weights.</summary>
    /// <param name="name">The backbone's folder, relative to a model root.</param>
    /// <returns>The backbone's family, its shape and size, and its fingerprint.</returns>
    /// <exception cref="InvalidInputException">The backbone does not exist or is damaged.</exception>
    internal (string Family, BackboneExamination Found, string Fingerprint) Examine(string name)
    {
        var folder = BackboneFolder(name);
        var family = _families.Of(folder);
        return (family.ModelType, family.Examine(folder), Fingerprint(folder));
    }

    /// <summary>
    /// Opens a data set. A source with half of the classes ("base" or "new") shares the whole data set, whose files are listed and hashed
    /// once.
    /// </summary>
    private IDataset OpenDataset(DatasetSource key) => key.Classes is null
        ? DatasetFormats.Open(Opener(key), _settings.DataRoots, key)
        : DatasetFormats.Half(_datasets.Current(key with { Classes = null }), key);

    private IDatasetOpener Opener(DatasetSource source) => DatasetFormats.Opener(_settings.KnownMethods.Formats.Of(source));

    /// <summary>Returns the SHA-256 of the hashes of a backbone's files, in hexadecimal.</summary>
    private string Fingerprint(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in _families.Of(folder).Files(folder))
        {
            using var stream = WorkProgress.Track(File.OpenRead(Path.Combine(folder, file)));
            hash.AppendData(SHA256.HashData(stream));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private string Stamp(string folder) => string.Join('\n', _families.Of(folder).Files(folder).Select(name =>
    {
        var path = Path.Combine(folder, name);
        try
        {
            // A link has its own length and time, so the file that it points to is examined.
            var file = new FileInfo(new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path);
            return file.Exists ? $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}" : "";
        }
        catch (IOException)
        {
            // The file is missing, or the links form a cycle: opening it reports that.
            return "";
        }
    }));

    /// <summary>
    /// Chooses between the cached and the reopened backbone. If their contents are equal, the cached backbone is kept, because jobs may be
    /// using it, and the reopened backbone is freed at once.
    /// </summary>
    private static Backbone KeepEqual(Backbone kept, Backbone opened)
    {
        if (kept.Fingerprint != opened.Fingerprint) return opened;
        opened.Model.Dispose();
        return kept;
    }
}

/// <summary>A frozen backbone with its tokenizer and image preprocessor.</summary>
/// <param name="Model">The towers.</param>
/// <param name="Tokenizer">The tokenizer.</param>
/// <param name="Preprocessor">The image preprocessor.</param>
/// <param name="Fingerprint">The SHA-256 of the hashes of the backbone's files, in hexadecimal.</param>
public sealed record Backbone(IBackbone Model, ITokenizer Tokenizer, IImagePreprocessor Preprocessor, string Fingerprint);
