using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Data;

/// <summary>Labelled images of one split. Images are decoded when asked for; implementations may be read from several threads.</summary>
public interface IImageSplit
{
    /// <summary>The 0-based class of each image.</summary>
    IReadOnlyList<int> Labels { get; }

    /// <summary>Decodes one image.</summary>
    /// <param name="index">Position in <see cref="Labels"/>.</param>
    /// <exception cref="Contracts.InvalidInputException">The file is missing or damaged; the message names it.</exception>
    RgbImage Load(int index);

    /// <summary>
    /// Looks at one image without decoding it, which finds most of what <see cref="Load"/> would refuse. Images that lie in no file need
    /// no look.
    /// </summary>
    /// <param name="index">Position in <see cref="Labels"/>.</param>
    /// <exception cref="Contracts.InvalidInputException">The file is missing or no image; the message names it.</exception>
    void Check(int index)
    {
    }

    /// <summary>
    /// What <see cref="Load"/> would decode now: equal answers stand for equal images, so that what was prepared of one is used again. For
    /// a file it holds length and time of the last write. Default: this object and the index.
    /// </summary>
    /// <param name="index">Position in <see cref="Labels"/>.</param>
    /// <returns>Null where nothing can be said, so that nothing is kept.</returns>
    /// <exception cref="Contracts.InvalidInputException">The file is not the one that was listed; the message names it.</exception>
    object? Identity(int index) => (this, index);

    /// <summary>The path of an image relative to its data set's folder, with forward slashes. Default: null, for no file.</summary>
    /// <param name="index">Position in <see cref="Labels"/>.</param>
    string? Name(int index) => null;
}

/// <summary>
/// A data set after the few-shot draw of one seed. The three splits are separate members, so that none can stand in for another.
/// </summary>
public sealed record FewShotData
{
    /// <summary>Names in label order; two classes may have the same name.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>The text of a class, "{}" standing for its name.</summary>
    public required string Template { get; init; }

    /// <summary>The training shots.</summary>
    public required IImageSplit Train { get; init; }

    /// <summary>The validation shots: at most 4 per class, disjoint from the training shots.</summary>
    public required IImageSplit Validation { get; init; }

    /// <summary>The whole test split; the same object for every draw of an opened data set.</summary>
    public required IImageSplit Test { get; init; }

    /// <summary>The template that a job asked for, or the data set's own.</summary>
    /// <exception cref="Contracts.InvalidInputException">It has no "{}".</exception>
    internal static string CheckedTemplate(string? asked, string own)
    {
        var template = asked ?? own;
        return template.Contains("{}", StringComparison.Ordinal)
            ? template
            : throw new Contracts.InvalidInputException($"The template '{template}' has no {{}}; write {{}} where the class name belongs.");
    }

    /// <summary>The text of class <paramref name="label"/>; underscores in names are spaces.</summary>
    public string Prompt(int label) => Text(Template, ClassNames[label]);

    /// <summary>The texts of classes.</summary>
    internal static string[] Texts(string template, IEnumerable<string> classNames) => [.. classNames.Select(name => Text(template, name))];

    private static string Text(string template, string className) =>
        template.Replace("{}", className.Replace('_', ' '), StringComparison.Ordinal);
}
