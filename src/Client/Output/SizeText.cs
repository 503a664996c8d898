using System.Globalization;

namespace AdaptCluster.Client.Output;

/// <summary>Formats file sizes.</summary>
internal static class SizeText
{
    /// <summary>Returns a string such as "0.4 KiB", "12.0 MiB" or "1.1 GiB".</summary>
    public static string Of(long bytes)
    {
        var (number, unit) = bytes switch
        {
            < 1 << 20 => (bytes / 1024.0, "KiB"),
            < 1 << 30 => (bytes / (double)(1 << 20), "MiB"),
            _ => (bytes / (double)(1 << 30), "GiB"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{number:F1} {unit}");
    }
}
