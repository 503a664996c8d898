using AdaptCluster.Contracts;
using AdaptCluster.Silo.Library;

namespace AdaptCluster.Local;

/// <summary>Backbones of this machine for prompts that were trained here or elsewhere.</summary>
internal static class LocalBackbones
{
    /// <summary>The backbone that prompts fit.</summary>
    /// <param name="library">Where it lies.</param>
    /// <param name="name">The backbone, as specs name it.</param>
    /// <param name="fingerprint">The SHA-256 that its files must have.</param>
    /// <exception cref="InvalidInputException">It is not here, damaged, or another one.</exception>
    public static Backbone Of(TrainingLibrary library, string name, string fingerprint)
    {
        var backbone = library.Backbone(name);
        return backbone.Fingerprint == fingerprint ? backbone : throw new InvalidInputException(
            $"backbone '{name}' here has the SHA-256 {backbone.Fingerprint}, and the prompts were trained for "
            + $"{fingerprint}; they fit that one alone. Name the root that has it by ADAPTCLUSTER_MODELS.");
    }
}
