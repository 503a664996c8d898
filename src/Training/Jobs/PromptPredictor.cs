using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// Classifies images by what a finished job trained. It needs neither the job's data set nor its checkpoint. For one thread.
/// </summary>
public sealed class PromptPredictor : IDisposable
{
    /// <summary>Images that should be given at a time: more fill no device, and take memory.</summary>
    public const int Batch = 32;

    private readonly IBackbone _backbone;
    private readonly IImagePreprocessor _preprocessor;
    private readonly PixelTensors _tensors;
    private readonly PreparedTexts _texts;
    private readonly IMethod _method;
    private readonly IClassifier _classifier;

    /// <summary>Makes the classifier.</summary>
    /// <param name="backbone">The backbone that the job was trained with; stays the caller's.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="preprocessor">Makes images of its size.</param>
    /// <param name="job">The job, every default written out.</param>
    /// <param name="template">The text of a class, "{}" standing for its name.</param>
    /// <param name="classNames">Names in label order.</param>
    /// <param name="prompts">The job's <see cref="JobResult.Prompts"/>; null for a method that trains nothing.</param>
    /// <param name="source">What errors call the prompts.</param>
    /// <param name="methods">The methods that the job may name; null for those that come with AdaptCluster.</param>
    /// <exception cref="InvalidInputException">The prompts are not those of such a job, or the job does not fit the backbone.</exception>
    public PromptPredictor(IBackbone backbone, ITokenizer tokenizer, IImagePreprocessor preprocessor, JobDefinition job, string template,
        IReadOnlyList<string> classNames, byte[]? prompts, string source, MethodCatalog? methods = null)
    {
        (_backbone, _preprocessor, _tensors) = (backbone, preprocessor, new PixelTensors(preprocessor, backbone.Device));
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var data = new FewShotData
        {
            ClassNames = classNames,
            Template = FewShotData.CheckedTemplate(null, template),
            Train = NoImages.Split,
            Validation = NoImages.Split,
            Test = NoImages.Split,
        };
        _texts = backbone.PrepareTexts([.. FewShotData.Texts(template, classNames).Select(tokenizer.Encode)]);
        try
        {
            var descriptor = (methods ?? TrainingMethods.BuiltIn).Find(job.Method);
            if (descriptor.IsTrained != (job.Train is not null) || descriptor.IsTrained != (prompts is not null))
                throw new InvalidInputException(descriptor.IsTrained
                    ? $"{source}: method {job.Method} trains, and its settings or prompts are missing."
                    : $"{source}: method {job.Method} trains nothing, and there are settings or prompts.");
            _method = TrainingMethods.Factory(descriptor).Create(new MethodInputs(
                job, backbone.In(job.Train?.Precision ?? Precision.Float32), tokenizer, data, _texts, IterationsPerEpoch: 1));
            if (prompts is not null) TrainedTensors.Restore((ITrainableMethod)_method, prompts, source);
            _classifier = _method.Freeze();
        }
        catch
        {
            _method?.Dispose();
            Release();
            throw;
        }
    }

    /// <summary>Logits of images.</summary>
    /// <param name="images">At most <see cref="Batch"/>.</param>
    /// <returns>One array of as many numbers as there are classes for each image.</returns>
    /// <exception cref="AdaptClusterException">They are not finite.</exception>
    public float[][] Logits(IReadOnlyList<RgbImage> images)
    {
        if (images.Count == 0) return [];
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var bytes = _preprocessor.ByteCount();
        var pixels = new byte[images.Count * bytes];
        for (var i = 0; i < images.Count; i++) _preprocessor.Resize(images[i], pixels.AsSpan(i * bytes, bytes));
        var logits = _classifier.Logits(_backbone.EmbedImages(_tensors.Of(pixels, images.Count)));
        var values = logits.to_type(torch.ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        return Array.TrueForAll(values, float.IsFinite) ? values.Chunk(values.Length / images.Count).ToArray()
            : throw new AdaptClusterException("The prompts give logits that are NaN or infinite; check them and the backbone's files.");
    }

    /// <summary>The class with the largest logit, and its softmax probability.</summary>
    /// <param name="logits">One image's logits.</param>
    public static (int Label, double Probability) Best(float[] logits)
    {
        var label = Array.IndexOf(logits, logits.Max());
        return (label, 1 / logits.Sum(logit => Math.Exp(logit - (double)logits[label])));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _classifier.Dispose();
        _method.Dispose();
        Release();
    }

    private void Release()
    {
        _texts.Dispose();
        _tensors.Dispose();
    }

    /// <summary>Stands for the splits, which no method reads to classify.</summary>
    private sealed class NoImages : IImageSplit
    {
        internal static readonly NoImages Split = new();

        public IReadOnlyList<int> Labels => [];

        public RgbImage Load(int index) => throw new ArgumentOutOfRangeException(nameof(index));
    }
}
