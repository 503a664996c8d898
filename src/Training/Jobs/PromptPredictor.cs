using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>Classifies images with the prompts that a finished job trained. Not thread-safe.</summary>
public sealed class PromptPredictor : IDisposable
{
    /// <summary>The recommended maximum number of images per call. More images per call need more memory without being faster.</summary>
    public const int Batch = 32;

    private readonly IBackbone _backbone;
    private readonly IImagePreprocessor _preprocessor;
    private readonly PixelTensors _tensors;
    private readonly TrainedClassifier _trained;

    /// <summary>Initializes the classifier.</summary>
    /// <param name="backbone">The backbone that the job was trained with; the caller keeps ownership.</param>
    /// <param name="tokenizer">The backbone's tokenizer.</param>
    /// <param name="preprocessor">The preprocessor for images of the backbone's size.</param>
    /// <param name="trained">The result of the job's training.</param>
    /// <param name="methods">The methods that the job can use; null for the built-in methods.</param>
    /// <exception cref="InvalidInputException">The prompts do not belong to the job, or the backbone cannot run the job.</exception>
    public PromptPredictor(IBackbone backbone, ITokenizer tokenizer, IImagePreprocessor preprocessor, TrainedPrompts trained,
        MethodCatalog? methods = null)
    {
        _trained = new TrainedClassifier(backbone, tokenizer, trained, methods: methods);
        (_backbone, _preprocessor, _tensors) = (backbone, preprocessor, new PixelTensors(preprocessor, backbone.Device));
    }

    /// <summary>Computes the logits for images.</summary>
    /// <param name="images">The images; at most <see cref="Batch"/> are recommended.</param>
    /// <returns>One array per image, with one logit per class.</returns>
    /// <exception cref="AdaptClusterException">A logit is not finite.</exception>
    public float[][] Logits(IReadOnlyList<RgbImage> images)
    {
        if (images.Count == 0) return [];
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var bytes = _preprocessor.ByteCount();
        var pixels = new byte[images.Count * bytes];
        for (var i = 0; i < images.Count; i++) _preprocessor.Resize(images[i], pixels.AsSpan(i * bytes, bytes));
        var logits = _trained.Classifier.Logits(_backbone.EmbedImages(_tensors.Of(pixels, images.Count)));
        var values = logits.to_type(torch.ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        return Array.TrueForAll(values, float.IsFinite) ? values.Chunk(values.Length / images.Count).ToArray()
            : throw new AdaptClusterException(
                "The prompts produce logits that are NaN or infinite; check the prompts and the backbone's files.");
    }

    /// <summary>Returns the class with the largest logit and its softmax probability.</summary>
    /// <param name="logits">The logits of one image.</param>
    public static (int Label, double Probability) Best(float[] logits)
    {
        var label = Array.IndexOf(logits, logits.Max());
        return (label, 1 / logits.Sum(logit => Math.Exp(logit - (double)logits[label])));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _trained.Dispose();
        _tensors.Dispose();
    }
}
