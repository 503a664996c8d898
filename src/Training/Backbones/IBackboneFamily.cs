using AdaptCluster.Contracts;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// A family of models with the same architecture, such as all CLIP models with a vision transformer. A family loads its models from Hugging
/// Face snapshot folders.
/// </summary>
public interface IBackboneFamily
{
    /// <summary>The <c>model_type</c> in the config.json of this family's snapshots; unique to the family.</summary>
    string ModelType { get; }

    /// <summary>Returns the files in a snapshot that affect results, relative to the snapshot's folder and in a fixed order.</summary>
    /// <param name="folder">The snapshot.</param>
    IEnumerable<string> Files(string folder);

    /// <summary>Checks a snapshot as <see cref="Load"/> does, but without reading the weights.</summary>
    /// <param name="folder">The snapshot.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Load"/>, except that damaged weights are not detected.</exception>
    BackboneExamination Examine(string folder);

    /// <summary>Loads a frozen model.</summary>
    /// <param name="folder">The snapshot.</param>
    /// <param name="device">The device of the weights.</param>
    /// <exception cref="InvalidInputException">A file is missing or damaged, or two files do not match; the message names the
    /// file.</exception>
    LoadedBackbone Load(string folder, torch.Device device);
}

/// <summary>The properties of a model, as read from the headers of its snapshot's files.</summary>
/// <param name="Shape">The model's dimensions.</param>
/// <param name="Parameters">The number of parameters in the weight files.</param>
/// <param name="Bytes">The size of the parameters in bytes.</param>
public sealed record BackboneExamination(BackboneShape Shape, long Parameters, long Bytes);

/// <summary>A model, and the tokenizer and the preprocessor that prepare its inputs.</summary>
/// <param name="Model">The frozen model; the caller disposes it.</param>
/// <param name="Tokenizer">The tokenizer that converts texts into the model's token ids.</param>
/// <param name="Preprocessor">The preprocessor that prepares images at the model's input size.</param>
public sealed record LoadedBackbone(IBackbone Model, ITokenizer Tokenizer, IImagePreprocessor Preprocessor);
