using System.Globalization;

namespace AdaptCluster.Contracts;

/// <summary>Counts with their nouns, as sentences have them.</summary>
public static class CountText
{
    /// <summary>Such as "1 job" and "1,200 jobs".</summary>
    /// <param name="number">How many.</param>
    /// <param name="noun">One of them; several have an "s" more.</param>
    public static string Of(long number, string noun) => Of(number, noun, $"{noun}s");

    /// <summary>Such as "1 file is not read" and "2 files are not read".</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">What follows 1.</param>
    /// <param name="several">What follows any other number.</param>
    public static string Of(long number, string one, string several) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : several)}");
}
