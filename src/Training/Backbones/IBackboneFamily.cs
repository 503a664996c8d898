using AdaptCluster.Contracts;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// A family of models with the same architecture, such as all CLIPs with a vision transformer. It loads them from a Hugging Face snapshot
/// folder.
/// </summary>
public interface IBackboneFamily
{
    /// <summary>The <c>model_type</c> in config.json of this family's snapshots; unique.</summary>
    string ModelType { get; }

    /// <summary>The files of a snapshot that affect results, relative to its folder and in a fixed order.</summary>
    /// <param name="folder">The snapshot.</param>
    IEnumerable<string> Files(string folder);

    /// <summary>Checks a snapshot like <see cref="Load"/>, but reads no weights.</summary>
    /// <param name="folder">The snapshot.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Load"/>, except for damage that only shows in the weights.</exception>
    BackboneExamination Examine(string folder);

    /// <summary>Loads a frozen model.</summary>
    /// <param name="folder">The snapshot.</param>
    /// <param name="device">The device of the weights.</param>
    /// <exception cref="InvalidInputException">A file is missing or damaged, or two files do not match; the message names the
    /// file.</exception>
    LoadedBackbone Load(string folder, torch.Device device);
}

/// <summary>What the headers of a snapshot's files say about the model.</summary>
/// <param name="Shape">The model's dimensions.</param>
/// <param name="Parameters">The number of parameters in the weights files.</param>
/// <param name="Bytes">The size of these parameters in bytes.</param>
public sealed record BackboneExamination(BackboneShape Shape, long Parameters, long Bytes);

/// <summary>A model with the tokenizer and preprocessor that make its inputs.</summary>
/// <param name="Model">The frozen model; the caller disposes it.</param>
/// <param name="Tokenizer">Turns texts into the model's token ids.</param>
/// <param name="Preprocessor">Prepares images of the model's size.</param>
public sealed record LoadedBackbone(IBackbone Model, ITokenizer Tokenizer, IImagePreprocessor Preprocessor);
