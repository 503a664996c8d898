using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Datasets;

namespace AdaptCluster.Training.Data;

/// <summary>
/// One half of a data set's classes (<see cref="ClassHalves"/>). Images are drawn from all classes before the other half is removed, so
/// that draws are the same for the base half, the new half and all classes. Labels are numbered within the half.
/// </summary>
internal sealed class HalfDataset : IDataset
{
    private readonly IDataset _all;
    private readonly string _half;
    private readonly int[] _labels;
    private readonly Dictionary<int, int> _within;
    private readonly Lock _cutting = new();
    private (IImageSplit All, IImageSplit Cut)? _test;

    /// <summary>Initializes the data set, restricting the given data set to one half of its classes.</summary>
    /// <param name="all">The data set with all classes.</param>
    /// <param name="half">One of <see cref="ClassHalves.All"/>.</param>
    /// <param name="name">The name of the data set in error messages.</param>
    /// <exception cref="InvalidInputException">The data set has too few classes.</exception>
    public HalfDataset(IDataset all, string half, string name)
    {
        (_all, _half) = (all, half);
        _labels = ClassHalves.Of(half, Enumerable.Range(0, all.ClassNames.Count));
        if (_labels.Length < 2)
            throw new InvalidInputException($"data set '{name}' has {CountText.Of(all.ClassNames.Count, "class", "classes")}, "
                + $"and its {half} half has {_labels.Length}; a half needs at least 2 classes.");
        _within = _labels.Index().ToDictionary(label => label.Item, label => label.Index);
        ClassNames = [.. _labels.Select(label => all.ClassNames[label])];
        Fingerprint = TextHash.Of($"{all.Fingerprint} classes {half}");
    }

    /// <summary>The data set with all classes.</summary>
    public IDataset All => _all;

    public IReadOnlyList<string> ClassNames { get; }

    public string Fingerprint { get; }

    public (int Train, int Validation, int Test) Counts(int shots)
    {
        // The counts of the whole data set are requested first, because their error explains what is wrong with the number of shots.
        _all.Counts(shots);
        var data = Load(shots, DatasetFormats.Files(_all)?.AnySeed(shots) ?? 0, template: null);
        return (data.Train.Labels.Count, data.Validation.Labels.Count, data.Test.Labels.Count);
    }

    public IReadOnlyList<string> Texts(string? template)
    {
        var texts = _all.Texts(template);
        return [.. _labels.Select(label => texts[label])];
    }

    public FewShotData Load(int shots, int seed, string? template) => Cut(_all.Load(shots, seed, template));

    public FewShotData LoadTest(string? template) => Cut(_all.LoadTest(template));

    public IEnumerable<string> Notes(int shots) => _all.Notes(shots)
        .Append($"its {_half} half is used, {_labels.Length} of {_all.ClassNames.Count} classes; images are drawn from all classes first");

    public IEnumerable<string> TestNotes => _all.TestNotes;

    private FewShotData Cut(FewShotData data) => data with
    {
        ClassNames = ClassNames,
        Train = Cut(data.Train),
        Validation = Cut(data.Validation),
        Test = CutTest(data.Test),
    };

    private ImageSubset Cut(IImageSplit split)
    {
        int[] positions = [.. Enumerable.Range(0, split.Labels.Count).Where(i => _within.ContainsKey(split.Labels[i]))];
        return new ImageSubset(split, positions, Array.ConvertAll(positions, i => _within[split.Labels[i]]));
    }

    /// <summary>
    /// Returns the half of the test images. As for the whole data set, every draw gets the same object, so that jobs share the test images.
    /// </summary>
    private IImageSplit CutTest(IImageSplit test)
    {
        lock (_cutting)
        {
            if (_test is not { } known || !ReferenceEquals(known.All, test)) _test = known = (test, Cut(test));
            return known.Cut;
        }
    }
}
