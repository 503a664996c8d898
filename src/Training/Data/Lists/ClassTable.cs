using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>Derives class names from the lists of a split file.</summary>
internal static class ClassTable
{
    /// <summary>Upper bound on labels, so that a corrupt label cannot allocate a huge table.</summary>
    private const int MaxClasses = 100_000;

    /// <summary>Returns the class names in label order. Two classes may share a name, but a class must not have two names.</summary>
    /// <exception cref="InvalidInputException">Labels have gaps, a class has two names, or a class has no training image; the message names
    /// the list.</exception>
    public static string[] Of(ListedSplit split)
    {
        if (split.Train.Count == 0) throw Refused(split, "train", "has no images; list the training images there");
        if (split.Test.Count == 0) throw Refused(split, "test", "has no images; list the test images there");
        var names = new Dictionary<int, string>();
        foreach (var (part, images) in split.Parts)
        {
            foreach (var image in images)
            {
                if (image.Label is < 0 or >= MaxClasses)
                    throw Refused(split, part, $"{Quote(image)} has the label {image.Label}; use a label from 0 to {MaxClasses - 1}");
                if (string.IsNullOrWhiteSpace(image.ClassName) || image.ClassName.Any(char.IsControl))
                    throw Refused(
                        split, part,
                        $"{Quote(image)} has the class name {QuotedText.Of(image.ClassName)}, which is empty or only white space, or "
                        + "contains a control character");
                if (part != "train" && !names.ContainsKey(image.Label))
                    throw Refused(split, part, $"{Quote(image)} has the label {image.Label}, which no training image has");
                if (!names.TryAdd(image.Label, image.ClassName) && names[image.Label] != image.ClassName)
                {
                    throw Refused(split, part, $"{Quote(image)} has the class name {QuotedText.Of(image.ClassName)} for label "
                        + $"{image.Label}, but another image has {QuotedText.Of(names[image.Label])}");
                }
            }
        }
        var gap = Enumerable.Range(0, names.Count).FirstOrDefault(label => !names.ContainsKey(label), -1);
        if (gap >= 0)
            throw Refused(split, "train",
                $"has no image with label {gap}, but the labels go up to {names.Keys.Max()}; number the classes from 0 without gaps");
        return names.Count > 1
            ? [.. Enumerable.Range(0, names.Count).Select(label => names[label])]
            : throw Refused(split, "train", "has images of only one class; expected at least 2");
    }

    private static string Quote(ListedImage image) => QuotedText.Of(image.Path);

    private static InvalidInputException Refused(ListedSplit split, string part, string what) => new($"{split.Source}: {part}: {what}.");
}
