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

/// <summary>The classifier that a finished job trained. It requires neither the job's data set nor a checkpoint. Not thread-safe.</summary>
public sealed class TrainedClassifier : IDisposable
{
    private readonly PreparedTexts _texts;
    private readonly IMethod _method;

    /// <summary>Initializes the classifier.</summary>
    /// <param name="backbone">The backbone that the job was trained with; the caller keeps ownership.</param>
    /// <param name="tokenizer">The backbone's tokenizer.</param>
    /// <param name="trained">The result of the job's training.</param>
    /// <param name="precision">The precision of the towers; null for the precision of the job.</param>
    /// <param name="methods">The methods that the job can use; null for the built-in methods.</param>
    /// <exception cref="InvalidInputException">The prompts do not belong to the job, or the backbone cannot run the job.</exception>
    public TrainedClassifier(IBackbone backbone, ITokenizer tokenizer, TrainedPrompts trained, Precision? precision = null,
        MethodCatalog? methods = null)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var (job, source) = (trained.Job, trained.Source);
        var data = new FewShotData
        {
            ClassNames = trained.ClassNames,
            Template = FewShotData.CheckedTemplate(null, trained.Template),
            Train = EmptySplit.Split,
            Validation = EmptySplit.Split,
            Test = EmptySplit.Split,
        };
        _texts = backbone.PrepareTexts([.. FewShotData.Texts(trained.Template, trained.ClassNames).Select(tokenizer.Encode)]);
        try
        {
            var descriptor = (methods ?? TrainingMethods.BuiltIn).Find(job.Method);
            if (descriptor.IsTrained != (job.Train is not null) || descriptor.IsTrained != (trained.Prompts is not null))
                throw new InvalidInputException(descriptor.IsTrained
                    ? $"{source}: method {job.Method} trains, but its settings or prompts are missing; export the job again."
                    : $"{source}: method {job.Method} does not train, but there are settings or prompts; export the job again.");
            var model = backbone.In(precision ?? job.Train?.Precision ?? Precision.Float32);
            _method = TrainingMethods.Factory(descriptor).Create(
                new MethodInputs(job, model, tokenizer, data, _texts, IterationsPerEpoch: 1));
            if (trained.Prompts is { } prompts) TrainedTensors.Restore((ITrainableMethod)_method, prompts, source);
            Classifier = _method.Freeze();
        }
        catch
        {
            _method?.Dispose();
            _texts.Dispose();
            throw;
        }
    }

    /// <summary>The classifier, for use without gradients.</summary>
    public IClassifier Classifier { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Classifier.Dispose();
        _method.Dispose();
        _texts.Dispose();
    }

    /// <summary>An empty placeholder for the data set's splits, which no method needs for classification.</summary>
    private sealed class EmptySplit : IImageSplit
    {
        internal static readonly EmptySplit Split = new();

        public IReadOnlyList<int> Labels => [];

        public RgbImage Load(int index) => throw new ArgumentOutOfRangeException(nameof(index));
    }
}

/// <summary>The result of a finished job's training, with everything needed to use it.</summary>
/// <param name="Job">The job, with all defaults filled in.</param>
/// <param name="Template">The prompt template, with "{}" in place of the class name.</param>
/// <param name="ClassNames">The class names in label order.</param>
/// <param name="Prompts">The job's <see cref="JobResult.Prompts"/>; null for a method that trains nothing.</param>
/// <param name="Source">The description of the prompts in error messages.</param>
public sealed record TrainedPrompts(
    JobDefinition Job, string Template, IReadOnlyList<string> ClassNames, byte[]? Prompts, string Source);
