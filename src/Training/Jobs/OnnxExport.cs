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
/// Exports what a finished job trained as one ONNX file, from pixels to logits. The keys and values of the prompts and the text features of
/// the classes are constants in it, so it needs no prompts, tokenizer or text tower.
/// </summary>
public static class OnnxExport
{
    /// <summary>The format of the metadata.</summary>
    public const string Format = "adaptcluster-onnx-1";

    /// <summary>The graph's input: images as described by the metadata "preprocessing", float32 [B, 3, size, size].</summary>
    public const string Pixels = "pixels";

    /// <summary>The graph's output, float32 [B, classes], in the order of the metadata "classNames".</summary>
    public const string Logits = "logits";

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file; it appears under its name only when it is complete.</param>
    /// <param name="backbone">The backbone that the job was trained with; the caller keeps ownership.</param>
    /// <param name="trained">The result of the job's training.</param>
    /// <param name="labels">Additional metadata, such as the origin of the prompts.</param>
    /// <param name="methods">The methods that the job may use; null for those that come with AdaptCluster.</param>
    /// <exception cref="InvalidInputException">The prompts do not belong to such a job, the method or the backbone cannot be exported, or
    /// the file would be too large.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, LoadedBackbone backbone, TrainedPrompts trained, IReadOnlyDictionary<string, string> labels,
        MethodCatalog? methods = null)
    {
        if (backbone.Model is not IOnnxBackbone model)
            throw new InvalidInputException(
                $"{trained.Source}: backbones of the family '{backbone.Model.Family}' cannot be exported as ONNX; export without --onnx.");
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

    /// <summary>Why a classifier is not a fixed function of one image, as a clause.</summary>
    private static string WhyNot(IClassifier classifier) => classifier.SeesNeighbours
        ? "the logits of an image depend on the other images in its batch"
        : "its text features differ between images";

    /// <summary>The steps, in order, that turn an image into the graph's input; null if the preprocessor has no settings like
    /// CLIP's.</summary>
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
