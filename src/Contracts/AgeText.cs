using System.Globalization;

namespace AdaptCluster.Contracts;

/// <summary>Reads ages as people write them: "30d", "12h", "90m".</summary>
public static class AgeText
{
    /// <summary>How an age is written, for errors.</summary>
    public const string Rule = "a whole number and its unit, such as 30d, 12h or 90m";

    /// <summary>Longest age: more than any store is old.</summary>
    private const int MostDays = 36_500;

    /// <summary>Reads an age; null where it is none.</summary>
    /// <param name="text">The text.</param>
    public static TimeSpan? Parse(string text)
    {
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        var minutes = (long)number * text[^1] switch { 'm' => 1, 'h' => 60, 'd' => 24 * 60, _ => -1 };
        return minutes is > 0 and <= MostDays * 24L * 60 ? TimeSpan.FromMinutes(minutes) : null;
    }
}
