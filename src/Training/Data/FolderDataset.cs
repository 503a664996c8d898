using System.Security.Cryptography;
using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Random;

namespace AdaptCluster.Training.Data;

/// <summary>
/// A data set of image files in one folder per class, either under train, validation (or val) and test, or directly. Opening it lists the
/// files and hashes their contents, and decodes none.
/// </summary>
public sealed class FolderDataset : IDataset
{
    private readonly FolderSplits _splits;

    private FolderDataset(FolderSplits splits) => (_splits, Fingerprint) = (splits, ComputeFingerprint(splits));

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => _splits.ClassNames;

    /// <summary>SHA-256, in lower-case hexadecimal, of the splits' origin and of each image's split, relative path and content.</summary>
    public string Fingerprint { get; }

    /// <summary>Who decided which image belongs to which split.</summary>
    public SplitOrigin Origin => _splits.Origin;

    /// <summary>Lists a data set.</summary>
    /// <param name="dataRoot">The folder that data sets must lie in.</param>
    /// <param name="path">The data set's folder, relative to the root.</param>
    /// <exception cref="InvalidInputException">The path leaves the root, or the folder is no data set; it is named.</exception>
    public static FolderDataset Open(string dataRoot, string path)
    {
        var root = new RootedPath(dataRoot);
        return new FolderDataset(FolderSplits.Read(root, root.Folder(path)));
    }

    /// <summary>What the files of a data set look like from outside; another text says that they may have changed. Reads no file.</summary>
    /// <param name="dataRoot">The folder that data sets must lie in.</param>
    /// <param name="path">The data set's folder, relative to the root.</param>
    /// <returns>A hash of each image's place, length and time of last write.</returns>
    /// <exception cref="InvalidInputException">As for <see cref="Open"/>.</exception>
    public static string Stamp(string dataRoot, string path)
    {
        var root = new RootedPath(dataRoot);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (split, entry) in Entries(FolderSplits.Read(root, root.Folder(path))))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(
                $"{split}\0{entry.RelativePath}\0{entry.RealPath}\0{entry.Bytes}\0{entry.LastWrite.Ticks}\n"));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public (int Train, int Validation, int Test) Counts(int shots)
    {
        RequireShots(shots);
        // The sizes of a draw do not depend on its seed.
        var (train, validation) = Draw(shots, seed: 0);
        return (train.Length, validation.Length, _splits.Test.Count);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Texts(string? template) =>
        FewShotData.Texts(FewShotData.CheckedTemplate(template, DatasetSource.DefaultTemplate), ClassNames);

    /// <inheritdoc/>
    public FewShotData Load(int shots, int seed, string? template)
    {
        RequireShots(shots);
        var (train, validation) = Draw(shots, seed);
        var validationSource = Origin == SplitOrigin.ValidationFromTrain ? _splits.Train : _splits.Validation;
        return new FewShotData
        {
            ClassNames = ClassNames,
            Template = FewShotData.CheckedTemplate(template, DatasetSource.DefaultTemplate),
            Train = new FileSplit([.. train.Select(position => _splits.Train[position])]),
            Validation = new FileSplit([.. validation.Select(position => validationSource[position])]),
            Test = new FileSplit(_splits.Test),
        };
    }

    private (int[] Train, int[] Validation) Draw(int shots, int seed)
    {
        var random = new PythonRandom(seed);
        var train = Labels(_splits.Train);
        return Origin == SplitOrigin.ValidationFromTrain
            ? FewShotSampler.DrawFromTrain(train, shots, random)
            : FewShotSampler.Draw(train, Labels(_splits.Validation), shots, random);
    }

    private void RequireShots(int shots)
    {
        if (shots < 1) throw new InvalidInputException($"{shots} shots: at least 1 training image per class expected.");
        if (Origin != SplitOrigin.ValidationFromTrain) return;
        foreach (var (label, count) in _splits.Train.CountBy(entry => entry.Label))
        {
            if (count <= shots)
            {
                throw new InvalidInputException(
                    $"Class '{ClassNames[label]}' has {count} training images: with {shots} shots none is left for validation; "
                    + $"add a folder 'validation', or ask for at most {count - 1} shots.");
            }
        }
    }

    private static int[] Labels(IReadOnlyList<ImageEntry> entries) => [.. entries.Select(entry => entry.Label)];

    // NUL occurs in no file name, so different lists never give the same bytes.
    private static string ComputeFingerprint(FolderSplits splits)
    {
        var entries = Entries(splits).ToArray();
        var contents = ContentHash.OfEach([.. entries.Select(image => image.Entry.RealPath)]);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"folder {splits.Origin}\n"));
        foreach (var ((split, entry), content) in entries.Zip(contents))
            hash.AppendData(Encoding.UTF8.GetBytes($"{split}\0{entry.RelativePath}\0{Convert.ToHexStringLower(content)}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<(string Split, ImageEntry Entry)> Entries(FolderSplits splits) =>
    [
        .. splits.Train.Select(entry => ("train", entry)),
        .. splits.Validation.Select(entry => ("validation", entry)),
        .. splits.Test.Select(entry => ("test", entry)),
    ];

    private sealed class FileSplit(IReadOnlyList<ImageEntry> entries) : IImageSplit
    {
        public IReadOnlyList<int> Labels { get; } = FolderDataset.Labels(entries);

        public RgbImage Load(int index) => ImageFile.Decode(Unchanged(index));

        public void Check(int index) => ImageFile.Check(Unchanged(index));

        private string Unchanged(int index)
        {
            var entry = entries[index];
            var file = new FileInfo(entry.RealPath);
            // Results are kept under the fingerprint, so other pictures than the hashed ones must not get into them.
            if (file.Exists && (file.Length != entry.Bytes || file.LastWriteTimeUtc != entry.LastWrite))
                throw new InvalidInputException($"{entry.RealPath} has changed since the data set was opened; submit the sweep again.");
            return entry.RealPath;
        }
    }
}
