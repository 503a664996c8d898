using System.Collections.Concurrent;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data;

/// <summary>Looks at the headers and ends of many images on all cores. What was good stays so until the file changes.</summary>
internal static class ImageCheck
{
    private const int ShownFiles = 20;
    private const int MaxKept = 2_000_000;

    private static readonly ConcurrentDictionary<(string Path, long Bytes, DateTime LastWrite), bool> Good = new();

    /// <summary>Checks images.</summary>
    /// <param name="entries">The images; none twice.</param>
    /// <param name="cancellation">Looked at before each image.</param>
    /// <exception cref="InvalidInputException">Some cannot be used; the message names them.</exception>
    public static void Require(IReadOnlyCollection<ImageEntry> entries, CancellationToken cancellation)
    {
        var bad = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        Parallel.ForEach(entries, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, entry =>
        {
            var stamp = (entry.RealPath, entry.Bytes, entry.LastWrite);
            if (Good.ContainsKey(stamp)) return;
            try
            {
                ImageFile.Check(entry.RealPath);
                if (Good.Count < MaxKept) Good.TryAdd(stamp, true);
            }
            catch (InvalidInputException error)
            {
                bad[entry.RealPath] = error.Message.TrimEnd('.');
            }
        });
        if (bad.IsEmpty) return;
        var shown = bad.OrderBy(file => file.Key, StringComparer.Ordinal).Take(ShownFiles).Select(file => file.Value);
        var more = bad.Count > ShownFiles ? $"; and {bad.Count - ShownFiles} more" : "";
        throw new InvalidInputException($"{bad.Count} of {entries.Count} images cannot be used: {string.Join("; ", shown)}{more}.");
    }
}
