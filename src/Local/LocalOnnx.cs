using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Library;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Jobs;

namespace AdaptCluster.Local;

/// <summary>Exports ONNX files with this machine's backbones.</summary>
internal static class LocalOnnx
{
    /// <summary>Writes the files; each backbone is loaded once.</summary>
    /// <param name="settings">The settings, with the model roots and methods.</param>
    /// <param name="requests">The jobs.</param>
    /// <exception cref="InvalidInputException">A backbone is missing or different, or a job cannot be exported as ONNX.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(SiloSettings settings, IReadOnlyList<OnnxRequest> requests)
    {
        using var library = new TrainingLibrary(settings);
        foreach (var (path, export, prompts) in requests)
        {
            var backbone = LocalBackbones.Of(library, export.Definition.Backbone, export.BackboneSha256);
            var trained = new TrainedPrompts(export.Definition, export.Template, export.ClassNames, prompts, $"--onnx: job {export.Job}");
            OnnxExport.Write(path, new LoadedBackbone(backbone.Model, backbone.Tokenizer, backbone.Preprocessor), trained,
                export.Labels(OnnxExport.Format), settings.KnownMethods);
        }
    }
}
