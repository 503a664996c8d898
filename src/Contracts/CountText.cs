using System.Globalization;

namespace AdaptCluster.Contracts;

/// <summary>Formats counts with their nouns.</summary>
public static class CountText
{
    /// <summary>Formats a count with its noun, such as "1 job" or "1,200 jobs".</summary>
    /// <param name="number">The count.</param>
    /// <param name="noun">The singular noun. Its plural must be formed by adding "s".</param>
    public static string Of(long number, string noun) => Of(number, noun, $"{noun}s");

    /// <summary>Formats a count with the text that follows it, such as "1 file is not read" or "2 files are not read".</summary>
    /// <param name="number">The count.</param>
    /// <param name="one">The text that follows 1.</param>
    /// <param name="several">The text that follows any other number.</param>
    public static string Of(long number, string one, string several) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : several)}");
}
