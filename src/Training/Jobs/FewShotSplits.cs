using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Caching;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// The few-shot splits that jobs train on, each loaded when a job first needs it. Splits of the same data set share the test images. Splits
/// with the same texts share the prepared texts, so that lanes with different seeds can pass through the towers together.
/// </summary>
/// <param name="backbone">The frozen backbone; the caller keeps ownership.</param>
/// <param name="tokenizer">The backbone's tokenizer.</param>
/// <param name="preprocessor">The preprocessor for images of the backbone's size.</param>
/// <param name="load">A function that loads the few-shot split for a job's data set, shots and seed.</param>
/// <param name="kept">The cache of prepared images.</param>
/// <param name="target">A function that loads the test images of an evaluation target, with the given template; null if jobs have no
/// targets.</param>
internal sealed class FewShotSplits(IBackbone backbone, ITokenizer tokenizer, IImagePreprocessor preprocessor,
    Func<JobDefinition, FewShotData> load, ImageCache kept, Func<EvaluationTarget, string?, FewShotData>? target = null) : IDisposable
{
    private readonly Dictionary<Key, FewShotSplit> _splits = [];
    private readonly Dictionary<(EvaluationTarget, string?), FewShotSplit> _targets = [];
    private readonly Dictionary<IImageSplit, ImageBatches> _tests = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, PreparedTexts> _texts = [];

    /// <summary>Returns a job's few-shot split.</summary>
    internal FewShotSplit Of(JobDefinition job)
    {
        var key = Key.Of(job);
        if (_splits.TryGetValue(key, out var known)) return known;
        var data = load(job);
        var split = new FewShotSplit(data, Batches(data.Train), Batches(data.Validation), Test(data), Texts(data));
        _splits.Add(key, split);
        return split;
    }

    /// <summary>Returns the test images of an evaluation target. The other parts of the returned split must not be used.</summary>
    /// <param name="of">The evaluation target.</param>
    /// <param name="template">The template for the class texts; null for the data set's template.</param>
    internal FewShotSplit Of(EvaluationTarget of, string? template)
    {
        if (_targets.TryGetValue((of, template), out var known)) return known;
        var load = target
            ?? throw new InvalidOperationException("The runner was created without a function that loads evaluation targets.");
        var data = load(of, template);
        var test = Test(data);
        return _targets[(of, template)] = new FewShotSplit(data, test, test, test, Texts(data));
    }

    /// <summary>
    /// Releases all few-shot splits except those of the given jobs. The test images and texts, which splits share, are kept.
    /// </summary>
    internal void KeepOnly(IEnumerable<JobDefinition> jobs)
    {
        foreach (var gone in _splits.Keys.Except(jobs.Select(Key.Of)).ToArray())
        {
            _splits.Remove(gone, out var split);
            split!.Train.Dispose();
            split.Validation.Dispose();
        }
    }

    /// <summary>Discards batches that were prepared ahead for training and are no longer needed.</summary>
    internal void DropAhead()
    {
        foreach (var split in _splits.Values) split.Train.DropAhead();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        KeepOnly([]);
        foreach (var test in _tests.Values) test.Dispose();
        foreach (var texts in _texts.Values) texts.Dispose();
    }

    private ImageBatches Test(FewShotData data)
    {
        if (!_tests.TryGetValue(data.Test, out var test)) _tests.Add(data.Test, test = Batches(data.Test));
        return test;
    }

    private ImageBatches Batches(IImageSplit split) => new(backbone, preprocessor, split, kept);

    private PreparedTexts Texts(FewShotData data)
    {
        var texts = FewShotData.Texts(data.Template, data.ClassNames);
        var key = string.Join('\n', texts);
        if (!_texts.TryGetValue(key, out var prepared))
            _texts.Add(key, prepared = backbone.PrepareTexts([.. texts.Select(tokenizer.Encode)]));
        return prepared;
    }

    private sealed record Key(DatasetSource Dataset, int Shots, int Seed)
    {
        internal static Key Of(JobDefinition job) => new(job.Dataset, job.Shots, job.Seed);
    }
}

/// <summary>A few-shot split, prepared for a backbone.</summary>
/// <param name="Data">The class names and the template.</param>
/// <param name="Train">The training shots.</param>
/// <param name="Validation">The validation shots.</param>
/// <param name="Test">The test split.</param>
/// <param name="Texts">The prepared class texts.</param>
internal sealed record FewShotSplit(FewShotData Data, ImageBatches Train, ImageBatches Validation, ImageBatches Test, PreparedTexts Texts);
