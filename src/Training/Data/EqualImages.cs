using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data;

/// <summary>Finds images with the same content in several splits or classes.</summary>
internal static class EqualImages
{
    private const int ShownPairs = 3;

    /// <summary>The notes; one sentence without a full stop each.</summary>
    /// <param name="classNames">Names in label order.</param>
    /// <param name="entries">All images with their splits.</param>
    /// <param name="content">The hash of the content of an entry, by its position.</param>
    public static IEnumerable<string> Notes(
        IReadOnlyList<string> classNames, (string Split, ImageEntry Entry)[] entries, Func<int, byte[]> content)
    {
        var groups = Enumerable.Range(0, entries.Length).GroupBy(i => Convert.ToHexString(content(i)))
            .Where(group => group.Skip(1).Any()).Select(group => group.Select(i => entries[i]).ToArray()).ToArray();
        var leaks = groups.Where(group => group.Any(image => image.Split != group[0].Split)).ToArray();
        if (leaks.Length > 0)
        {
            var tested = leaks.Any(group => group.Any(image => image.Split == "test"));
            var so = tested ? ", so what is trained on is also tested on" : "";
            yield return Note(leaks, $"in several splits{so}", image => image.Split, image => image.Split);
        }
        var mixed = groups.Where(group => group.Any(image => image.Entry.Label != group[0].Entry.Label)).ToArray();
        if (mixed.Length > 0)
            yield return Note(mixed, "in several classes", image => image.Entry.Label, image => $"'{classNames[image.Entry.Label]}'");
    }

    /// <param name="groups">Images of one content each, of which some have different sides.</param>
    /// <param name="what">Where the copies are.</param>
    /// <param name="side">What differs; several classes may have one name.</param>
    /// <param name="words">How it is shown.</param>
    private static string Note<T>(
        (string Split, ImageEntry Entry)[][] groups, string what, Func<(string Split, ImageEntry Entry), T> side, Func<(string Split, ImageEntry Entry), string> words)
        where T : notnull
    {
        var pairs = groups.Take(ShownPairs).Select(group =>
        {
            var other = group.First(image => !side(image).Equals(side(group[0])));
            return $"{group[0].Entry.RelativePath} ({words(group[0])}) and {other.Entry.RelativePath} ({words(other)})";
        });
        var more = groups.Length > ShownPairs ? ", …" : "";
        return $"{CountText.Of(groups.Length, "image has equal copies", "images have equal copies")} {what}: "
            + $"{string.Join("; ", pairs)}{more}";
    }
}
