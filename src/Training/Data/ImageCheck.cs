using System.Collections.Concurrent;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data;

/// <summary>
/// Checks the headers and ends of many images on all cores. An image that passes is not checked again until its file changes.
/// </summary>
internal static class ImageCheck
{
    private const int ShownFiles = 20;
    private const int MaxKept = 2_000_000;

    private static readonly ConcurrentDictionary<(string Path, long Bytes, DateTime LastWrite), bool> Good = new();

    /// <summary>Checks images and throws an exception if any of them cannot be used.</summary>
    /// <param name="entries">The images, without duplicates.</param>
    /// <param name="cancellation">Checked before each image.</param>
    /// <exception cref="InvalidInputException">Some images cannot be used; the message names them.</exception>
    public static void Require(IReadOnlyCollection<ImageEntry> entries, CancellationToken cancellation)
    {
        if (Bad(entries, cancellation) is not { Length: > 0 } bad) return;
        throw new InvalidInputException($"{bad.Length} of {CountText.Of(entries.Count, "image")} cannot be used: "
            + $"{string.Join("; ", Shown(bad))}.");
    }

    /// <summary>Checks images and returns the problems found.</summary>
    /// <param name="entries">The images, without duplicates.</param>
    /// <param name="cancellation">Checked before each image.</param>
    /// <returns>One problem for each of the first few unusable images, followed by the number of other unusable images, if any. Each is a
    /// sentence without a full stop.</returns>
    public static IEnumerable<string> Problems(IReadOnlyCollection<ImageEntry> entries, CancellationToken cancellation) =>
        Shown(Bad(entries, cancellation));

    /// <summary>Whether an image has passed a check and its length and last write time have not changed since then.</summary>
    public static bool IsGood(ImageEntry entry) => Good.ContainsKey(Stamp(entry));

    private static string[] Bad(IReadOnlyCollection<ImageEntry> entries, CancellationToken cancellation)
    {
        var bad = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(entries.Where(entry => !IsGood(entry)), options, entry =>
        {
            try
            {
                ImageFile.Check(entry.RealPath);
                if (Good.Count < MaxKept) Good.TryAdd(Stamp(entry), true);
            }
            catch (InvalidInputException error)
            {
                bad[entry.RealPath] = error.Message.TrimEnd('.');
            }
        });
        return [.. bad.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => file.Value)];
    }

    private static string[] Shown(string[] bad) =>
        bad.Length <= ShownFiles ? bad : [.. bad[..ShownFiles], $"{CountText.Of(bad.Length - ShownFiles, "more image")} cannot be used"];

    private static (string Path, long Bytes, DateTime LastWrite) Stamp(ImageEntry entry) => (entry.RealPath, entry.Bytes, entry.LastWrite);
}
