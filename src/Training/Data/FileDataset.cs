using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data.Lists;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Numerics;

namespace AdaptCluster.Training.Data;

/// <summary>
/// A data set of image files. Opening it lists the files and computes the fingerprint, without decoding any image.
/// </summary>
public sealed class FileDataset : IDataset
{
    private const int ShownClasses = 4;

    private const string SelfMadeNote =
        "its images were split by AdaptCluster (half of each class for training, a fifth for validation, the rest for "
            + "testing), so its results cannot be compared with published ones";

    private readonly ImageLists _lists;
    private readonly FewShotFolder? _given;
    private readonly string _template;
    private readonly string[] _notes;
    private readonly Lazy<string[]> _contentNotes;
    private readonly FileSplit _test;
    private volatile bool _changed;

    /// <summary>Initializes a data set from image lists and computes its fingerprint.</summary>
    /// <param name="lists">The image lists of the data set.</param>
    /// <param name="template">The prompt template for jobs that do not specify one; "{}" stands for the class name.</param>
    /// <exception cref="InvalidInputException">A file cannot be read; the message names it.</exception>
    internal FileDataset(ImageLists lists, string template)
    {
        (_lists, _template) = (lists, template);
        (Fingerprint, _contentNotes) = FileFingerprint.Of(lists);
        _notes = [.. lists.Notes];
        _test = new FileSplit(this, lists.Test);
    }

    /// <summary>Initializes a data set with the same images, whose draws are read from few-shot lists.</summary>
    private FileDataset(FileDataset images, FewShotFolder given)
    {
        (_lists, _template, _notes, _contentNotes, _given) = (images._lists, images._template, images._notes, images._contentNotes, given);
        Fingerprint = TextHash.Of($"{images.Fingerprint} few shots {given.Fingerprint}");
        _test = new FileSplit(this, _lists.Test);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => _lists.ClassNames;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>The origin of the splits.</summary>
    public SplitOrigin Origin => _lists.Origin;

    /// <summary>Whether any requested image has changed since it was listed.</summary>
    public bool HasChanged => _changed;

    /// <summary>The number of classes and of images in each split, before any few-shot draw.</summary>
    public DatasetCounts Files => new(ClassNames.Count, _lists.Train.Count, _lists.Validation.Count, _lists.Test.Count);

    /// <summary>The note that contains <see cref="Files"/>.</summary>
    public string CountsNote => $"it has {Files}";

    /// <summary>The image lists that draws sample from.</summary>
    internal ImageLists Lists => _lists;

    /// <inheritdoc/>
    public (int Train, int Validation, int Test) Counts(int shots)
    {
        RequireShots(shots);
        // The sizes of a draw do not depend on its seed. With few-shot lists, the sizes of the first seed represent all seeds.
        var (train, validation) = Draw(shots, AnySeed(shots));
        return (train.Count, validation.Count, _lists.Test.Count);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Texts(string? template) => FewShotData.Texts(FewShotData.CheckedTemplate(template, _template), ClassNames);

    /// <inheritdoc/>
    public FewShotData Load(int shots, int seed, string? template)
    {
        RequireShots(shots);
        var (train, validation) = Draw(shots, seed);
        RequireSizes(shots, seed, train.Count, validation.Count);
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
    public FewShotData LoadTest(string? template) => new()
    {
        ClassNames = ClassNames,
        Template = FewShotData.CheckedTemplate(template, _template),
        Train = new FileSplit(this, []),
        Validation = new FileSplit(this, []),
        Test = _test,
    };

    /// <inheritdoc/>
    public IEnumerable<string> TestNotes =>
        [.. _notes, .. _contentNotes.Value, .. Origin == SplitOrigin.SelfMade ? [SelfMadeNote] : (string[])[]];

    /// <inheritdoc/>
    public IEnumerable<string> Notes(int shots)
    {
        yield return CountsNote;
        if (_given is not null) yield return $"its few-shot lists are read from {_given.Place} instead of being drawn";
        foreach (var note in _notes.Concat(_contentNotes.Value)) yield return note;
        var origin = Origin switch
        {
            SplitOrigin.SelfMade => SelfMadeNote,
            SplitOrigin.SelfMadeValidation =>
                "its published split is missing, so AdaptCluster used a fifth of each class's training images for validation; "
                + "its few-shot splits are not the published ones, and its results are only roughly comparable",
            SplitOrigin.ValidationFromTrain =>
                "it has no validation images of its own, so validation shots are drawn from the remaining training images",
            _ => null,
        };
        if (origin is not null) yield return origin;
        var small = _lists.Train.CountBy(entry => entry.Label).Where(group => group.Value < shots).OrderBy(group => group.Key).ToArray();
        if (small.Length == 0) yield break;
        var shown = small.Take(ShownClasses).Select(group => $"'{ClassNames[group.Key]}' {group.Value}");
        var more = small.Length > ShownClasses ? $" and {small.Length - ShownClasses} more" : "";
        yield return $"classes with fewer than {CountText.Of(shots, "training image")} contribute "
            + $"all of their images, each once: {string.Join(", ", shown)}{more}";
    }

    /// <summary>Checks the header and the end of every image that any of the seeds uses.</summary>
    /// <param name="shots">The number of training images per class, at least 1.</param>
    /// <param name="seeds">The seeds of the draws.</param>
    /// <param name="cancellation">Checked before each image.</param>
    /// <exception cref="InvalidInputException">Some images cannot be used; the message names them.</exception>
    public void CheckImages(int shots, IEnumerable<int> seeds, CancellationToken cancellation)
    {
        ImageCheck.Require(Used(shots, seeds), cancellation);
    }

    /// <summary>Checks the header and the end of every test image.</summary>
    /// <param name="cancellation">Checked before each image.</param>
    /// <exception cref="InvalidInputException">Some images cannot be used; the message names them.</exception>
    public void CheckTest(CancellationToken cancellation) => ImageCheck.Require(_lists.Test, cancellation);

    /// <summary>Returns a seed that has a draw.</summary>
    /// <exception cref="InvalidInputException">There are no few-shot lists for this number of shots.</exception>
    internal int AnySeed(int shots) => _given?.FirstSeed(shots) ?? 0;

    /// <summary>Returns the images that any of the seeds uses: the images in its draw and the whole test split.</summary>
    internal IReadOnlyCollection<ImageEntry> Used(int shots, IEnumerable<int> seeds)
    {
        RequireShots(shots);
        var used = new HashSet<ImageEntry>(_lists.Test, ReferenceEqualityComparer.Instance);
        foreach (var seed in seeds)
        {
            var (train, validation) = Draw(shots, seed);
            RequireSizes(shots, seed, train.Count, validation.Count);
            used.UnionWith(train);
            used.UnionWith(validation);
        }
        return used;
    }

    /// <summary>Returns the images in one draw, in draw order.</summary>
    internal (IReadOnlyList<ImageEntry> Train, IReadOnlyList<ImageEntry> Validation) Draw(int shots, int seed)
    {
        var random = new PythonRandom(seed);
        var labels = Labels(_lists.Train);
        if (_given?.Read(shots, seed) is var (listed, listedValidation))
            return (listed, listedValidation ?? ValidationBeside(listed, shots, random));
        if (Origin == SplitOrigin.ValidationFromTrain)
        {
            var (chosen, rest) = FewShotSampler.DrawFromTrain(labels, shots, random);
            return (At(_lists.Train, chosen), At(_lists.Train, rest));
        }
        var (train, validation) = FewShotSampler.Draw(labels, Labels(_lists.Validation), shots, random);
        return (At(_lists.Train, train), At(_lists.Validation, validation));
    }

    /// <summary>Returns this data set with draws that are read from few-shot lists instead of being sampled.</summary>
    /// <param name="dataRoots">The data roots, searched in order; data sets must be inside one of them.</param>
    /// <param name="source">The data set as written in the spec, which must name a folder of few-shot lists.</param>
    /// <exception cref="InvalidInputException">The folder does not exist or contains no lists; the message names it.</exception>
    internal FileDataset WithFewShots(IReadOnlyList<string> dataRoots, DatasetSource source) =>
        new(this, new FewShotFolder(dataRoots, source, _lists));

    /// <summary>
    /// Draws the validation shots for a training list that has no validation list, in the same way as for data sets without validation
    /// images.
    /// </summary>
    private ImageEntry[] ValidationBeside(IReadOnlyList<ImageEntry> train, int shots, PythonRandom random)
    {
        var taken = train.ToHashSet<ImageEntry>(ReferenceEqualityComparer.Instance);
        var rest = _lists.Train.Where(entry => !taken.Contains(entry)).ToArray();
        var (_, chosen) = FewShotSampler.Draw([], Labels(rest), shots, random);
        return At(rest, chosen);
    }

    private void RequireSizes(int shots, int seed, int train, int validation)
    {
        if (_given is null) return;
        var (expected, others, _) = Counts(shots);
        if (train == expected && validation == others) return;
        throw new InvalidInputException($"{_given.Place}: the lists for {CountText.Of(shots, "shot")} and seed {seed} have {train} "
            + $"training and {validation} validation images, but the lists for seed {_given.FirstSeed(shots)} have {expected} and "
            + $"{others}; the lists of all seeds must have the same length, because jobs that differ only in their seed train for the same "
            + "number of iterations.");
    }

    private void RequireShots(int shots)
    {
        if (_lists.Train.Count == 0)
            throw new InvalidInputException(
                "The data set has only test images, so no job can train on it; use it as an evaluation target.");
        if (shots < 1) throw new InvalidInputException($"{shots} shots: specify at least 1 training image per class.");
        if (Origin != SplitOrigin.ValidationFromTrain) return;
        foreach (var (label, count) in _lists.Train.CountBy(entry => entry.Label))
        {
            if (count <= shots)
            {
                throw new InvalidInputException(
                    $"Class '{ClassNames[label]}' has {CountText.Of(count, "training image")}: "
                    + $"with {CountText.Of(shots, "shot")}, none is left for validation; "
                    + $"add validation images, or use at most {CountText.Of(count - 1, "shot")}.");
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

        /// <returns>The path of an image, and whether the file exists. If it exists, it has not changed since it was listed.</returns>
        private (string Path, bool Exists) Unchanged(int index)
        {
            var entry = entries[index];
            var file = new FileInfo(entry.RealPath);
            // Results are cached by fingerprint, so they must never come from images other than the listed ones.
            if (!file.Exists) return (entry.RealPath, false);
            if (file.Length == entry.Bytes && file.LastWriteTimeUtc == entry.LastWrite) return (entry.RealPath, true);
            dataset._changed = true;
            throw new InvalidInputException(
                $"{entry.RealPath} has changed since the data set was opened; restore it and retry the failed jobs, or submit the sweep "
                + "again to use the changed one.");
        }
    }
}
