namespace AdaptCluster.Training.Files;

/// <summary>Text from a file in an error message.</summary>
internal static class QuotedText
{
    private const int Longest = 80;

    /// <summary>The text in quotes, on one line of bounded length.</summary>
    internal static string Of(string text) => $"'{OneLine(text.Length <= Longest ? text : text[..Longest] + "…")}'";

    /// <summary>The text with a space for every control character.</summary>
    internal static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
