using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Data;

/// <summary>The labelled images of one split. Images are decoded on demand. Implementations must be thread-safe.</summary>
public interface IImageSplit
{
    /// <summary>The 0-based class label of each image.</summary>
    IReadOnlyList<int> Labels { get; }

    /// <summary>Decodes one image.</summary>
    /// <param name="index">The position of the image in <see cref="Labels"/>.</param>
    /// <exception cref="Contracts.InvalidInputException">The file is missing or damaged; the message names it.</exception>
    RgbImage Load(int index);

    /// <summary>
    /// Checks one image without decoding it. This finds most faults that would make <see cref="Load"/> fail. The default does nothing,
    /// because images that are not files need no check.
    /// </summary>
    /// <param name="index">The position of the image in <see cref="Labels"/>.</param>
    /// <exception cref="Contracts.InvalidInputException">The file is missing or is not an image; the message names it.</exception>
    void Check(int index)
    {
    }

    /// <summary>
    /// Returns the identity of the image that <see cref="Load"/> would decode now. Images with equal identities are equal, so prepared
    /// images can be cached by identity. A file's identity includes its length and last write time. The default identity is this object and
    /// the index.
    /// </summary>
    /// <param name="index">The position of the image in <see cref="Labels"/>.</param>
    /// <returns>The identity; null if the image cannot be identified and must not be cached.</returns>
    /// <exception cref="Contracts.InvalidInputException">The file has changed since it was listed; the message names it.</exception>
    object? Identity(int index) => (this, index);

    /// <summary>
    /// Returns the path of an image relative to its data set's folder, with forward slashes; null for an image that is not a file. The
    /// default is null.
    /// </summary>
    /// <param name="index">The position of the image in <see cref="Labels"/>.</param>
    string? Name(int index) => null;
}

/// <summary>
/// A data set after the few-shot draw for one seed. The three splits are separate properties so that they cannot be confused.
/// </summary>
public sealed record FewShotData
{
    /// <summary>The class names in label order; two classes may have the same name.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>The prompt template, in which "{}" stands for the class name.</summary>
    public required string Template { get; init; }

    /// <summary>The few-shot training images.</summary>
    public required IImageSplit Train { get; init; }

    /// <summary>The few-shot validation images: at most 4 per class, disjoint from the training images.</summary>
    public required IImageSplit Validation { get; init; }

    /// <summary>The whole test split. All draws from an opened data set share this object.</summary>
    public required IImageSplit Test { get; init; }

    /// <summary>Returns the template that a job specifies, or the data set's own template if the job does not specify one.</summary>
    /// <exception cref="Contracts.InvalidInputException">The template has no "{}".</exception>
    internal static string CheckedTemplate(string? asked, string own)
    {
        var template = asked ?? own;
        return template.Contains("{}", StringComparison.Ordinal)
            ? template
            : throw new Contracts.InvalidInputException($"The template '{template}' has no {{}}; write {{}} in place of the class name.");
    }

    /// <summary>Returns the prompt for class <paramref name="label"/>. Underscores in class names become spaces.</summary>
    public string Prompt(int label) => Text(Template, ClassNames[label]);

    /// <summary>Returns the prompts for the given classes.</summary>
    internal static string[] Texts(string template, IEnumerable<string> classNames) => [.. classNames.Select(name => Text(template, name))];

    private static string Text(string template, string className) =>
        template.Replace("{}", className.Replace('_', ' '), StringComparison.Ordinal);
}
