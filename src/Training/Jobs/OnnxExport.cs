using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Onnx;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// Writes what a finished job trained as one file of ONNX, from pixels to logits: the prompts' keys and values and the classes' texts are
/// constants in it, so that it needs neither prompts nor tokenizer nor text tower.
/// </summary>
public static class OnnxExport
{
    /// <summary>The form of the metadata.</summary>
    public const string Format = "adaptcluster-onnx-1";

    /// <summary>The graph's input: images as the metadata "preprocessing" says, float32 [B, 3, size, size].</summary>
    public const string Pixels = "pixels";

    /// <summary>The graph's output, float32 [B, classes], in the order of the metadata "classNames".</summary>
    public const string Logits = "logits";

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file; it gets its name when it is whole.</param>
    /// <param name="backbone">The backbone that the job was trained with; stays the caller's.</param>
    /// <param name="trained">What the job trained.</param>
    /// <param name="labels">More metadata, such as where it comes from.</param>
    /// <param name="methods">The methods that the job may name; null for those that come with AdaptCluster.</param>
    /// <exception cref="InvalidInputException">The prompts are not those of such a job, the method or the backbone has no such form, or the
    /// file would be too large.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, LoadedBackbone backbone, TrainedPrompts trained, IReadOnlyDictionary<string, string> labels,
        MethodCatalog? methods = null)
    {
        if (backbone.Model is not IOnnxBackbone model)
            throw new InvalidInputException(
                $"{trained.Source}: backbones of the family '{backbone.Model.Family}' have no ONNX form; export without --onnx.");
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        using var restored = new TrainedClassifier(model, backbone.Tokenizer, trained, Precision.Float32, methods);
        var classifier = restored.Classifier.Fixed
            ?? throw new InvalidInputException($"{trained.Source}: method {trained.Job.Method} has no ONNX form, since "
                + $"{WhyNot(restored.Classifier)}; export without --onnx.");
        var (graph, size) = (new OnnxGraph(), backbone.Preprocessor.Size);
        var pixels = graph.Input(Pixels, OnnxGraph.AnyNumber, 3, size, size);
        graph.Output(model.AddLogits(graph, pixels, classifier), Logits, OnnxGraph.AnyNumber, trained.ClassNames.Count);
        OnnxFile.Write(path, graph, new Dictionary<string, string>(labels)
        {
            ["format"] = Format,
            ["template"] = trained.Template,
            ["classNames"] = JsonSerializer.Serialize(trained.ClassNames, AdaptClusterJson.Stored),
            ["preprocessing"] = JsonSerializer.Serialize(Preparation(backbone.Preprocessor), AdaptClusterJson.Stored),
        });
    }

    /// <summary>Why a classifier is no fixed function of one image, no sentence.</summary>
    private static string WhyNot(IClassifier classifier) => classifier.SeesNeighbours
        ? "the logits of an image depend on the images beside it"
        : "it has no text features that are the same for every image";

    /// <summary>How an image becomes the graph's input, in this order; null where it is none of CLIP's ways.</summary>
    private static object? Preparation(IImagePreprocessor preprocessor) => preprocessor.Settings is not { } settings ? null : new
    {
        settings.ShorterSide,
        Resampling = "bicubic",
        settings.Size,
        Factor = settings.Factor ?? 1 / 255.0,
        settings.Mean,
        settings.StandardDeviation,
    };
}
