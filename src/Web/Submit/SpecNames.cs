using System.Text.Json;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Web.Submit;

/// <summary>
/// Names the specs in the form. Error messages begin with this name, and a sweep whose spec contains no name is named after it.
/// </summary>
internal static class SpecNames
{
    /// <summary>The name of a text that was not read from a file.</summary>
    public const string Pasted = "spec";

    /// <summary>Returns the name for a sweep's spec. If the spec contains no name, a new sweep of it gets the same name.</summary>
    /// <param name="name">The sweep's name.</param>
    public static string OfSweep(string name) => $"{name}.json";

    /// <summary>
    /// Returns the name of an edited text. It is no longer the name of the file, but keeps a YAML extension, because only the extension
    /// marks the text as YAML. An edited spec of a sweep keeps its name.
    /// </summary>
    /// <param name="source">The previous name.</param>
    /// <param name="text">The current text.</param>
    /// <param name="isOfSweep">Whether the text is a sweep's spec.</param>
    public static string Typed(string source, string text, bool isOfSweep)
    {
        if (string.IsNullOrWhiteSpace(text)) return Pasted;
        if (isOfSweep) return source;
        var extension = Path.GetExtension(source).ToLowerInvariant();
        return extension is ".yaml" or ".yml" ? Pasted + extension : Pasted;
    }

    /// <summary>Returns the text to submit: with the name from the name field if there is one, otherwise unchanged.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">The text's name, whose extension may mark it as YAML.</param>
    /// <param name="name">The content of the name field.</param>
    public static string Give(string text, string source, string name) =>
        string.IsNullOrWhiteSpace(name) ? text : SpecEdit.Apply(text, [$"name={JsonSerializer.Serialize(name.Trim())}"], source);
}
