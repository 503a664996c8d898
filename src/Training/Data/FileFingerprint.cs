using System.Security.Cryptography;
using System.Text;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data;

/// <summary>
/// Computes the fingerprint of a data set of files. The fingerprint is the same on every machine that has a copy of the data set. It covers
/// the class names and each image's split, label, relative path and content. Above <see cref="MaxHashedBytes"/>, reading every image would
/// delay the start by minutes. The fingerprint then covers each image's length instead of its content, except for the first image of each
/// class and split.
/// </summary>
internal static class FileFingerprint
{
    /// <summary>The maximum total size at which all images are hashed: 4 GiB. Food-101, SUN397 and ImageNet are larger.</summary>
    public const long MaxHashedBytes = 4L << 30;

    /// <summary>
    /// Computes the fingerprint, a SHA-256 in lower-case hexadecimal, and the notes from <see cref="EqualImages"/>. If not all images are
    /// hashed, the notes are computed when they are first requested, because a worker does not need them.
    /// </summary>
    /// <param name="lists">The data set.</param>
    /// <param name="maxHashedBytes">The total size up to which all images are hashed, and the maximum number of bytes to read for the
    /// notes.</param>
    /// <exception cref="InvalidInputException">A file cannot be read; the message names it.</exception>
    public static (string Fingerprint, Lazy<string[]> Notes) Of(ImageLists lists, long maxHashedBytes = MaxHashedBytes)
    {
        var entries = lists.Entries().ToArray();
        var byContent = entries.Sum(image => image.Entry.Bytes) <= maxHashedBytes;
        int[] hashed = byContent ? [.. Enumerable.Range(0, entries.Length)] : FirstOfEachClass(entries);
        var contents = hashed.Zip(ContentHash.OfEach([.. hashed.Select(i => entries[i].Entry.RealPath)]))
            .ToDictionary(pair => pair.First, pair => pair.Second);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // No file or class name contains NUL, so different lists never produce the same bytes.
        Append(hash, $"{(byContent ? "contents" : "lengths")} {lists.Origin}\n");
        foreach (var name in lists.ClassNames) Append(hash, $"{name}\0");
        for (var i = 0; i < entries.Length; i++)
        {
            var (split, entry) = entries[i];
            var length = byContent ? "" : $"{entry.Bytes}";
            var content = contents.TryGetValue(i, out var found) ? Convert.ToHexStringLower(found) : "";
            Append(hash, $"{split}\0{entry.Label}\0{entry.RelativePath}\0{length}\0{content}\n");
        }
        string[] Notes() => [.. EqualImages.Notes(lists.ClassNames, entries, contents, maxHashedBytes)];
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), byContent ? new(Notes()) : new(Notes));
    }

    /// <summary>
    /// Computes a cheap change stamp: a hash of each image's location, length and last write time. Does not read the files.
    /// </summary>
    public static string Stamp(ImageLists lists)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in lists.ClassNames) Append(hash, $"{name}\0");
        foreach (var (split, entry) in lists.Entries())
            Append(hash, $"{split}\0{entry.Label}\0{entry.RelativePath}\0{entry.RealPath}\0{entry.Bytes}\0{entry.LastWrite.Ticks}\n");
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static int[] FirstOfEachClass((string Split, ImageEntry Entry)[] entries)
    {
        var seen = new HashSet<(string, int)>();
        return [.. Enumerable.Range(0, entries.Length).Where(i => seen.Add((entries[i].Split, entries[i].Entry.Label)))];
    }

    private static void Append(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text));
}
