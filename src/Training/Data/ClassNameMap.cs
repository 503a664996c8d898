using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Data;

/// <summary>Applies the "names" key of a spec, which renames the classes of a data set.</summary>
internal static class ClassNameMap
{
    /// <summary>Renames classes.</summary>
    /// <param name="names">Maps each name in the data set to the name used in prompts; null to keep all names.</param>
    /// <param name="classNames">The data set's class names, in label order.</param>
    /// <param name="place">The name of the data set in error messages.</param>
    /// <exception cref="InvalidInputException">A key does not name a class of the data set; the message names the key.</exception>
    public static IReadOnlyList<string> Apply(IReadOnlyDictionary<string, string>? names, IReadOnlyList<string> classNames, string place)
    {
        if (names is null) return classNames;
        if (names.Keys.Except(classNames).Order(StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new InvalidInputException($"names: data set '{place}' has no class {QuotedText.Of(unknown)}; its classes are "
                + $"{string.Join(", ", classNames.Take(8).Select(QuotedText.Of))}{(classNames.Count > 8 ? ", …" : "")}.");
        }
        return [.. classNames.Select(name => names.TryGetValue(name, out var other) ? other : name)];
    }
}
