using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Library;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Jobs;

namespace AdaptCluster.Local;

/// <summary>Files of ONNX by the backbones of this machine.</summary>
internal static class LocalOnnx
{
    /// <summary>Writes them; a backbone is loaded once.</summary>
    /// <param name="settings">Where backbones lie, and the methods.</param>
    /// <param name="wishes">The jobs.</param>
    /// <exception cref="InvalidInputException">A backbone is not here or is another one, or a job has no such form.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(SiloSettings settings, IReadOnlyList<OnnxWish> wishes)
    {
        using var library = new TrainingLibrary(settings);
        foreach (var (path, export, prompts) in wishes)
        {
            var backbone = LocalBackbones.Of(library, export.Definition.Backbone, export.BackboneSha256);
            var trained = new TrainedPrompts(export.Definition, export.Template, export.ClassNames, prompts, $"--onnx: job {export.Job}");
            OnnxExport.Write(path, new LoadedBackbone(backbone.Model, backbone.Tokenizer, backbone.Preprocessor), trained,
                export.Labels(OnnxExport.Format), settings.KnownMethods);
        }
    }
}
