using System.Globalization;

namespace AdaptCluster.Contracts;

/// <summary>Parses ages such as "30d", "12h" or "90m".</summary>
public static class AgeText
{
    /// <summary>A description of a valid age, for error messages.</summary>
    public const string Rule = "a whole number with a unit, such as 30d, 12h or 90m";

    /// <summary>The maximum age, in days: about 100 years.</summary>
    private const int MostDays = 36_500;

    /// <summary>Parses an age. Returns null if the text is not a valid age.</summary>
    /// <param name="text">The text to parse.</param>
    public static TimeSpan? Parse(string text)
    {
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        var minutes = (long)number * text[^1] switch { 'm' => 1, 'h' => 60, 'd' => 24 * 60, _ => -1 };
        return minutes is > 0 and <= MostDays * 24L * 60 ? TimeSpan.FromMinutes(minutes) : null;
    }
}
