using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Lifecycle;

/// <summary>A sweep's name, note and tags. Changing them affects neither the results nor the sweep's id.</summary>
/// <param name="Name">The display name.</param>
/// <param name="Note">A one-line note; null if there is none.</param>
/// <param name="Tags">The tags, in ordinal order.</param>
public sealed record SweepLabels(string Name, string? Note, IReadOnlyList<string> Tags)
{
    /// <summary>The maximum lengths of a name, a note and a tag, in characters.</summary>
    public const int LongestName = 100, LongestNote = 500, LongestTag = 40;

    /// <summary>The maximum number of tags on a sweep.</summary>
    public const int MostTags = 20;

    /// <summary>A description of a valid tag, for error messages.</summary>
    public const string TagRule = "1 to 40 letters, digits, '-', '_', '.', '/' or ':', starting with a letter or a digit";

    /// <summary>Whether a string is a valid tag.</summary>
    public static bool IsTag(string text) => text.Length is > 0 and <= LongestTag && PrintableText.IsWhole(text)
        && char.IsLetterOrDigit(text[0]) && text.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':');

    /// <summary>Returns the labels with a change applied.</summary>
    /// <exception cref="InvalidInputException">A name, note or tag is invalid, or there are too many tags.</exception>
    public SweepLabels With(LabelChange change)
    {
        if (change.Name is { } name) CheckText("NAME", name, LongestName);
        if (change.Name?.Trim().Length == 0) throw new InvalidInputException("NAME: found an empty value; write the sweep's new name.");
        if (change.Note is { } note) CheckText("TEXT", note, LongestNote);
        foreach (var tag in change.Add.Concat(change.Remove))
            if (!IsTag(tag)) throw new InvalidInputException($"TAG: found '{PrintableText.OneLine(tag)}'; write {TagRule}.");
        if (change.Add.Intersect(change.Remove).FirstOrDefault() is { } both)
            throw new InvalidInputException($"TAG: found both +{both} and -{both}; use only one of them.");
        string[] tags = [.. Tags.Except(change.Remove).Union(change.Add).Order(StringComparer.Ordinal)];
        if (tags.Length > MostTags && tags.Length > Tags.Count)
            throw new InvalidInputException(
                $"TAG: a sweep can have at most {MostTags} tags, but this would make {tags.Length}; remove some with -TAG.");
        var noted = (change.Note ?? Note)?.Trim();
        return new(change.Name?.Trim() ?? Name, noted is { Length: > 0 } ? noted : null, tags);
    }

    /// <summary>Describes the changes from these labels to other labels, for the audit log; null if there are none.</summary>
    public string? Difference(SweepLabels other)
    {
        string?[] words =
        [
            other.Name != Name ? $"name {Name} to {other.Name}" : null,
            .. other.Tags.Except(Tags).Select(tag => $"+{tag}"),
            .. Tags.Except(other.Tags).Select(tag => $"-{tag}"),
            other.Note == Note ? null : other.Note is null ? "no note" : $"note {other.Note}",
        ];
        return string.Join(", ", words.OfType<string>()) is { Length: > 0 } all ? all : null;
    }

    private static void CheckText(string what, string text, int longest)
    {
        if (text.Length > longest)
            throw new InvalidInputException($"{what}: found {text.Length} characters; write at most {longest}.");
        if (!PrintableText.IsWhole(text) || PrintableText.OneLine(text) != text)
            throw new InvalidInputException(
                $"{what}: found '{PrintableText.OneLine(text)}'; write one line of printable characters.");
    }
}
