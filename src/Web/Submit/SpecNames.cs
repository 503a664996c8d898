using System.Text.Json;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Web.Submit;

/// <summary>
/// Chooses names for the specs in the form. Error messages begin with the spec's name, and a sweep also gets this name if its spec does not
/// contain one.
/// </summary>
internal static class SpecNames
{
    /// <summary>The name for a spec that was not read from a file.</summary>
    public const string Pasted = "spec";

    /// <summary>
    /// Returns the spec name to use for a sweep's spec. It is derived from the sweep's name, so a new sweep submitted from a spec without a
    /// name gets that name too.
    /// </summary>
    /// <param name="name">The sweep's name.</param>
    public static string OfSweep(string name) => $"{name}.json";

    /// <summary>
    /// Returns the name for an edited spec. A file's name is dropped, except for a YAML extension, because only the extension marks the
    /// text as YAML. An edited spec of a sweep keeps its name.
    /// </summary>
    /// <param name="source">The previous name.</param>
    /// <param name="text">The current text.</param>
    /// <param name="isOfSweep">Whether the spec is from a sweep.</param>
    public static string Typed(string source, string text, bool isOfSweep)
    {
        if (string.IsNullOrWhiteSpace(text)) return Pasted;
        if (isOfSweep) return source;
        var extension = Path.GetExtension(source).ToLowerInvariant();
        return extension is ".yaml" or ".yml" ? Pasted + extension : Pasted;
    }

    /// <summary>Returns the text to submit: with the name from the name field if the field is not empty, otherwise unchanged.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">The spec's name, whose extension can mark the text as YAML.</param>
    /// <param name="name">The content of the name field.</param>
    public static string Give(string text, string source, string name) =>
        string.IsNullOrWhiteSpace(name) ? text : SpecEdit.Apply(text, [$"name={JsonSerializer.Serialize(name.Trim())}"], source);
}
