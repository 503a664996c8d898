using AdaptCluster.Contracts;
using AdaptCluster.Silo.Library;

namespace AdaptCluster.Local;

/// <summary>Finds this machine's backbones for prompts that were trained here or elsewhere.</summary>
internal static class LocalBackbones
{
    /// <summary>Returns the backbone that prompts were trained for.</summary>
    /// <param name="library">The library to search.</param>
    /// <param name="name">The backbone, as named in specs.</param>
    /// <param name="fingerprint">The SHA-256 that the backbone's files must have.</param>
    /// <exception cref="InvalidInputException">The backbone is missing, damaged or different.</exception>
    public static Backbone Of(TrainingLibrary library, string name, string fingerprint)
    {
        var backbone = library.Backbone(name);
        return backbone.Fingerprint == fingerprint ? backbone : throw new InvalidInputException(
            $"backbone '{name}' here has the SHA-256 {backbone.Fingerprint}, but the prompts work only with the one that "
            + $"they were trained for, {fingerprint}. Set ADAPTCLUSTER_MODELS to the folder that contains it.");
    }
}
