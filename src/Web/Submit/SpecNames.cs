using System.Text.Json;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Web.Submit;

/// <summary>What the form calls a spec: errors begin with it, and a sweep whose spec has no name is called after it.</summary>
internal static class SpecNames
{
    /// <summary>A text that comes from no file.</summary>
    public const string Pasted = "spec";

    /// <summary>The spec of a sweep: submitted again without a name in it, it keeps that of the sweep.</summary>
    /// <param name="name">The sweep's name.</param>
    public static string OfSweep(string name) => $"{name}.json";

    /// <summary>
    /// A text that somebody has changed: no longer that of a file, but still YAML where the name of that file alone says so. What was
    /// changed of a sweep's spec is called after the sweep.
    /// </summary>
    /// <param name="source">What it was called before.</param>
    /// <param name="text">The text as it is now.</param>
    /// <param name="isOfSweep">Whether it is the spec of a sweep.</param>
    public static string Typed(string source, string text, bool isOfSweep)
    {
        if (string.IsNullOrWhiteSpace(text)) return Pasted;
        if (isOfSweep) return source;
        var extension = Path.GetExtension(source).ToLowerInvariant();
        return extension is ".yaml" or ".yml" ? Pasted + extension : Pasted;
    }

    /// <summary>The text as it is submitted: with the name that stands in its field, else as it is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">What it is called, which may say that it is YAML.</param>
    /// <param name="name">What stands in the field.</param>
    public static string Give(string text, string source, string name) =>
        string.IsNullOrWhiteSpace(name) ? text : SpecEdit.Apply(text, [$"name={JsonSerializer.Serialize(name.Trim())}"], source);
}
