namespace AdaptCluster.Training.Files;

/// <summary>Formats text from a file for an error message.</summary>
internal static class QuotedText
{
    private const int Longest = 80;

    /// <summary>Returns the text in quotes, on one line and truncated if it is long.</summary>
    internal static string Of(string text) => $"'{OneLine(text.Length <= Longest ? text : text[..Longest] + "…")}'";

    /// <summary>Returns the text with every control character replaced by a space.</summary>
    internal static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
