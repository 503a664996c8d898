using AdaptCluster.Contracts;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Numerics;

namespace AdaptCluster.Training.Data;

/// <summary>
/// A data set of image files in lists. Opening it has listed the files and hashed what its fingerprint needs; it decodes none.
/// </summary>
public sealed class FileDataset : IDataset
{
    private const int ShownClasses = 4;

    private readonly ImageLists _lists;
    private readonly string _template;
    private readonly string[] _notes;
    private readonly Lazy<string[]> _contentNotes;
    private readonly FileSplit _test;
    private volatile bool _changed;

    /// <summary>Computes the fingerprint of the lists.</summary>
    /// <param name="lists">The images.</param>
    /// <param name="template">The text of a class, "{}" standing for its name, where a job asks for none.</param>
    /// <exception cref="InvalidInputException">A file cannot be read; it is named.</exception>
    internal FileDataset(ImageLists lists, string template)
    {
        (_lists, _template) = (lists, template);
        (Fingerprint, _contentNotes) = FileFingerprint.Of(lists);
        _notes = [.. lists.Notes];
        _test = new FileSplit(this, lists.Test);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => _lists.ClassNames;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>Who decided which image belongs to which split.</summary>
    public SplitOrigin Origin => _lists.Origin;

    /// <summary>Whether an image that was asked for is not the one that was listed any more.</summary>
    public bool HasChanged => _changed;

    /// <summary>Classes, and all images of each split.</summary>
    public DatasetCounts Files => new(ClassNames.Count, _lists.Train.Count, _lists.Validation.Count, _lists.Test.Count);

    /// <summary>The note that says <see cref="Files"/>.</summary>
    public string CountsNote => $"its files are {Files}";

    /// <summary>The lists that draws are made from.</summary>
    internal ImageLists Lists => _lists;

    /// <inheritdoc/>
    public (int Train, int Validation, int Test) Counts(int shots)
    {
        RequireShots(shots);
        // The sizes of a draw do not depend on its seed.
        var (train, validation) = Draw(shots, seed: 0);
        return (train.Count, validation.Count, _lists.Test.Count);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Texts(string? template) => FewShotData.Texts(FewShotData.CheckedTemplate(template, _template), ClassNames);

    /// <inheritdoc/>
    public FewShotData Load(int shots, int seed, string? template)
    {
        RequireShots(shots);
        var (train, validation) = Draw(shots, seed);
        return new FewShotData
        {
            ClassNames = ClassNames,
            Template = FewShotData.CheckedTemplate(template, _template),
            Train = new FileSplit(this, train),
            Validation = new FileSplit(this, validation),
            Test = _test,
        };
    }

    /// <inheritdoc/>
    public IEnumerable<string> Notes(int shots)
    {
        yield return CountsNote;
        foreach (var note in _notes.Concat(_contentNotes.Value)) yield return note;
        var origin = Origin switch
        {
            SplitOrigin.SelfMade =>
                "its images are split by this project (of each class half for training, a fifth for validation, the rest for the "
                + "test), so its numbers compare with no published ones",
            SplitOrigin.SelfMadeValidation =>
                "its published split is missing, so this project took a fifth of each class's training images for validation; "
                + "its draws are not the published ones, and its numbers compare with them only roughly",
            SplitOrigin.ValidationFromTrain =>
                "it has no validation images of its own, so validation shots are training images that were not chosen for training",
            _ => null,
        };
        if (origin is not null) yield return origin;
        var small = _lists.Train.CountBy(entry => entry.Label).Where(group => group.Value < shots).OrderBy(group => group.Key).ToArray();
        if (small.Length == 0) yield break;
        var shown = small.Take(ShownClasses).Select(group => $"'{ClassNames[group.Key]}' {group.Value}");
        var more = small.Length > ShownClasses ? $" and {small.Length - ShownClasses} more" : "";
        yield return $"classes with fewer than {CountText.Of(shots, "training image")} give "
            + $"all they have, none twice: {string.Join(", ", shown)}{more}";
    }

    /// <summary>Looks at the header and the end of each image that any of some seeds uses.</summary>
    /// <param name="shots">Training images per class, at least 1.</param>
    /// <param name="seeds">Seeds of the draws.</param>
    /// <param name="cancellation">Looked at before each image.</param>
    /// <exception cref="InvalidInputException">Some cannot be used; the message names them.</exception>
    public void CheckImages(int shots, IEnumerable<int> seeds, CancellationToken cancellation)
    {
        ImageCheck.Require(Used(shots, seeds), cancellation);
    }

    /// <summary>The images that any of some seeds uses: those of its draws, and the whole test.</summary>
    internal IReadOnlyCollection<ImageEntry> Used(int shots, IEnumerable<int> seeds)
    {
        RequireShots(shots);
        var used = new HashSet<ImageEntry>(_lists.Test, ReferenceEqualityComparer.Instance);
        foreach (var seed in seeds)
        {
            var (train, validation) = Draw(shots, seed);
            used.UnionWith(train);
            used.UnionWith(validation);
        }
        return used;
    }

    /// <summary>The images of one draw, in the order in which they are drawn.</summary>
    internal (IReadOnlyList<ImageEntry> Train, IReadOnlyList<ImageEntry> Validation) Draw(int shots, int seed)
    {
        var random = new PythonRandom(seed);
        var labels = Labels(_lists.Train);
        if (Origin == SplitOrigin.ValidationFromTrain)
        {
            var (chosen, rest) = FewShotSampler.DrawFromTrain(labels, shots, random);
            return (At(_lists.Train, chosen), At(_lists.Train, rest));
        }
        var (train, validation) = FewShotSampler.Draw(labels, Labels(_lists.Validation), shots, random);
        return (At(_lists.Train, train), At(_lists.Validation, validation));
    }

    private void RequireShots(int shots)
    {
        if (shots < 1) throw new InvalidInputException($"{shots} shots: at least 1 training image per class expected.");
        if (Origin != SplitOrigin.ValidationFromTrain) return;
        foreach (var (label, count) in _lists.Train.CountBy(entry => entry.Label))
        {
            if (count <= shots)
            {
                throw new InvalidInputException(
                    $"Class '{ClassNames[label]}' has {CountText.Of(count, "training image")}: "
                    + $"with {CountText.Of(shots, "shot")} none is left for validation; "
                    + $"add validation images, or ask for at most {CountText.Of(count - 1, "shot")}.");
            }
        }
    }

    private static ImageEntry[] At(IReadOnlyList<ImageEntry> entries, int[] positions) =>
        [.. positions.Select(position => entries[position])];

    private static int[] Labels(IReadOnlyList<ImageEntry> entries) => [.. entries.Select(entry => entry.Label)];

    private sealed class FileSplit(FileDataset dataset, IReadOnlyList<ImageEntry> entries) : IImageSplit
    {
        public IReadOnlyList<int> Labels { get; } = FileDataset.Labels(entries);

        public RgbImage Load(int index) => ImageFile.Decode(Unchanged(index).Path);

        public void Check(int index) => ImageFile.Check(Unchanged(index).Path);

        public object? Identity(int index) =>
            Unchanged(index) is { Exists: true } file ? (file.Path, entries[index].Bytes, entries[index].LastWrite) : null;

        public string Name(int index) => entries[index].RelativePath;

        /// <returns>The file as it was listed, or one that is not there.</returns>
        private (string Path, bool Exists) Unchanged(int index)
        {
            var entry = entries[index];
            var file = new FileInfo(entry.RealPath);
            // Results are kept under the fingerprint, so other pictures than the listed ones must not get into them.
            if (!file.Exists) return (entry.RealPath, false);
            if (file.Length == entry.Bytes && file.LastWriteTimeUtc == entry.LastWrite) return (entry.RealPath, true);
            dataset._changed = true;
            throw new InvalidInputException(
                $"{entry.RealPath} has changed since the data set was opened; put it back and retry the failed jobs, or submit the sweep "
                + "again with it as it is.");
        }
    }
}
