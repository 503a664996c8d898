using AdaptCluster.Training.Images;
using AdaptCluster.Training.Safetensors;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>CLIP with a vision transformer, as saved by Hugging Face transformers (CLIPModel).</summary>
public sealed class ClipFamily : IBackboneFamily
{
    /// <summary>The name of the family.</summary>
    public const string Name = "clip";

    /// <inheritdoc/>
    public string ModelType => Name;

    /// <inheritdoc/>
    public IEnumerable<string> Files(string folder) =>
        [ClipConfig.FileName, .. SafetensorsShards.Files(folder), .. VocabularyFiles.Files(folder), .. PreprocessorConfig.Files(folder)];

    /// <inheritdoc/>
    public BackboneExamination Examine(string folder)
    {
        var (config, parameters, bytes) = ClipModel.Examine(folder);
        return new(config.Shape, parameters, bytes);
    }

    /// <inheritdoc/>
    public LoadedBackbone Load(string folder, torch.Device device)
    {
        var config = ClipConfig.Load(Path.Combine(folder, ClipConfig.FileName));
        // Small files first, so that errors in them are reported before gigabytes are read.
        var tokenizer = ClipTokenizer.Load(folder, config);
        var preprocessor = new ClipPreprocessor(PreprocessorConfig.Load(folder, config.ImageSize));
        return new(ClipModel.Load(folder, device), tokenizer, preprocessor);
    }
}
