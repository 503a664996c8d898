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
/// Exports the result of a finished job as one ONNX file that maps pixels to logits. The prompts' keys and values and the classes' text
/// features are constants in the graph, so inference needs no prompts, tokenizer or text tower.
/// </summary>
public static class OnnxExport
{
    /// <summary>The name of the metadata format, stored as the metadata value "format".</summary>
    public const string Format = "adaptcluster-onnx-1";

    /// <summary>
    /// The name of the graph's input: images as described by the metadata value "preprocessing", float32 [B, 3, size, size].
    /// </summary>
    public const string Pixels = "pixels";

    /// <summary>The name of the graph's output: logits in the order of the metadata value "classNames", float32 [B, classes].</summary>
    public const string Logits = "logits";

    /// <summary>Writes the ONNX file.</summary>
    /// <param name="path">The path of the file. The file appears there only when it is complete.</param>
    /// <param name="backbone">The backbone that the job was trained with; the caller keeps ownership.</param>
    /// <param name="trained">The result of the job's training.</param>
    /// <param name="labels">Additional metadata, such as the origin of the prompts.</param>
    /// <param name="methods">The methods that the job can use; null for the built-in methods.</param>
    /// <exception cref="InvalidInputException">The prompts do not belong to the job, the method or the backbone cannot be exported, or the
    /// file would be too large.</exception>
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
            ?? throw new InvalidInputException($"{trained.Source}: method {trained.Job.Method} cannot be exported as ONNX because "
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

    /// <summary>Returns the reason why a classifier is not a fixed function of one image, as a clause.</summary>
    private static string WhyNot(IClassifier classifier) => classifier.SeesNeighbours
        ? "the logits of an image depend on the other images in its batch"
        : "its text features differ between images";

    /// <summary>
    /// Returns the preprocessing settings, in the order in which they are applied; null if the preprocessor does not prepare images as CLIP
    /// does.
    /// </summary>
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
