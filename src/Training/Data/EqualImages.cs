using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data;

/// <summary>Finds images that occur in more than one split or class.</summary>
internal static class EqualImages
{
    private const int ShownPairs = 3;

    /// <summary>
    /// Returns notes on identical images, each a sentence without a full stop. Identical files have equal lengths, so an image is read only
    /// if an image in another split or class has the same length.
    /// </summary>
    /// <param name="classNames">The class names in label order.</param>
    /// <param name="entries">All images with their splits.</param>
    /// <param name="contents">The content hashes computed so far, keyed by position in <paramref name="entries"/>. The method adds new
    /// hashes.</param>
    /// <param name="maxHashedBytes">The maximum number of bytes to read.</param>
    /// <exception cref="InvalidInputException">A file cannot be read; the message names it.</exception>
    public static IEnumerable<string> Notes(
        IReadOnlyList<string> classNames, (string Split, ImageEntry Entry)[] entries, Dictionary<int, byte[]> contents, long maxHashedBytes)
    {
        var alike = OfEqualLength(entries);
        var compared = Within(maxHashedBytes, alike, i => contents.ContainsKey(i) ? 0 : entries[i].Entry.Bytes);
        int[] unread = [.. compared.Where(i => !contents.ContainsKey(i))];
        foreach (var (i, hash) in unread.Zip(ContentHash.OfEach([.. unread.Select(i => entries[i].Entry.RealPath)])))
            contents.Add(i, hash);
        var groups = compared.GroupBy(i => Convert.ToHexString(contents[i])).Where(group => group.Skip(1).Any())
            .Select(group => group.Select(i => entries[i]).ToArray()).ToArray();
        var leaks = groups.Where(group => Differ(group, image => image.Split)).ToArray();
        if (leaks.Length > 0)
        {
            var tested = leaks.Any(group => group.Any(image => image.Split == "train") && group.Any(image => image.Split == "test"));
            var so = tested ? ", so some training images are also test images" : "";
            yield return Note(leaks, $"in several splits{so}", image => image.Split, image => image.Split);
        }
        var mixed = groups.Where(group => Differ(group, image => image.Entry.Label)).ToArray();
        if (mixed.Length > 0)
            yield return Note(mixed, "in several classes", image => image.Entry.Label, image => $"'{classNames[image.Entry.Label]}'");
        var all = alike.Sum(group => group.Length);
        if (compared.Length < all)
            yield return FormattableString.Invariant($"only {compared.Length:N0} of {all:N0} images with the same file size as an image ")
                + "in another split or class were searched for copies, because reading all of them would take minutes";
    }

    /// <summary>
    /// Groups the positions of images by file length, and returns the groups with images in several splits or classes. Groups with images
    /// in several splits come first.
    /// </summary>
    private static int[][] OfEqualLength((string Split, ImageEntry Entry)[] entries) =>
    [
        .. Enumerable.Range(0, entries.Length).GroupBy(i => entries[i].Entry.Bytes).Select(group => group.ToArray())
            .Select(group => (Group: group, Leaks: Differ(group, i => entries[i].Split),
                Bytes: group.Length * entries[group[0]].Entry.Bytes))
            .Where(found => found.Leaks || Differ(found.Group, i => entries[i].Entry.Label))
            .OrderByDescending(found => found.Leaks).ThenBy(found => found.Bytes).Select(found => found.Group),
    ];

    /// <summary>
    /// Selects groups in order, skipping each group that exceeds the remaining bytes, and returns the positions of their images in
    /// ascending order.
    /// </summary>
    private static int[] Within(long bytes, int[][] groups, Func<int, long> length)
    {
        var chosen = new List<int>();
        foreach (var group in groups)
        {
            var needed = group.Sum(length);
            if (needed > bytes) continue;
            bytes -= needed;
            chosen.AddRange(group);
        }
        return [.. chosen.Order()];
    }

    private static bool Differ<T, TSide>(T[] group, Func<T, TSide> side)
        where TSide : notnull => group.Any(item => !side(item).Equals(side(group[0])));

    /// <param name="groups">The groups of identical images. The images in a group differ in the value that <paramref name="side"/>
    /// returns.</param>
    /// <param name="what">A phrase that says where the copies are.</param>
    /// <param name="side">Returns the property that differs: the split, or the label (several classes may have the same name).</param>
    /// <param name="words">Returns the text that describes an image's side.</param>
    private static string Note<T>(
        (string Split, ImageEntry Entry)[][] groups, string what, Func<(string Split, ImageEntry Entry), T> side,
        Func<(string Split, ImageEntry Entry), string> words)
        where T : notnull
    {
        var pairs = groups.Take(ShownPairs).Select(group =>
        {
            var other = group.First(image => !side(image).Equals(side(group[0])));
            return $"{group[0].Entry.RelativePath} ({words(group[0])}) and {other.Entry.RelativePath} ({words(other)})";
        });
        var more = groups.Length > ShownPairs ? ", …" : "";
        return $"{CountText.Of(groups.Length, "image has copies", "images have copies")} {what}: "
            + $"{string.Join("; ", pairs)}{more}";
    }
}
