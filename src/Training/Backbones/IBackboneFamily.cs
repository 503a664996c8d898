using AdaptCluster.Contracts;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// Models that are built alike, such as all CLIPs with a vision transformer: reads them from the folder of a Hugging Face snapshot.
/// </summary>
public interface IBackboneFamily
{
    /// <summary>What <c>model_type</c> in a snapshot's config.json says of models of this family; unique.</summary>
    string ModelType { get; }

    /// <summary>The files of a snapshot that results depend on, relative to its folder and in a fixed order.</summary>
    /// <param name="folder">The snapshot.</param>
    IEnumerable<string> Files(string folder);

    /// <summary>Looks at a snapshot as <see cref="Load"/> would, but reads no weight.</summary>
    /// <param name="folder">The snapshot.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Load"/>, but for damage that only shows in the weights.</exception>
    BackboneExamination Examine(string folder);

    /// <summary>Loads a frozen model.</summary>
    /// <param name="folder">The snapshot.</param>
    /// <param name="device">Where the weights go.</param>
    /// <exception cref="InvalidInputException">A file is missing or damaged, or two of them do not fit each other; the message names
    /// it.</exception>
    LoadedBackbone Load(string folder, torch.Device device);
}

/// <summary>What a snapshot's headers tell of it.</summary>
/// <param name="Shape">The model's sizes.</param>
/// <param name="Parameters">Numbers in the files of weights.</param>
/// <param name="Bytes">Bytes that they take there.</param>
public sealed record BackboneExamination(BackboneShape Shape, long Parameters, long Bytes);

/// <summary>A model and what turns texts and images into its inputs.</summary>
/// <param name="Model">The frozen model; whoever asked for it disposes it.</param>
/// <param name="Tokenizer">Makes its token ids.</param>
/// <param name="Preprocessor">Makes images of its size.</param>
public sealed record LoadedBackbone(IBackbone Model, ITokenizer Tokenizer, IImagePreprocessor Preprocessor);
