using System.Text;

namespace AdaptCluster.Training.Tokenization;

/// <summary>
/// The cleaning of OpenAI's tokenizer: HTML unescaped twice, trimmed, runs of white space to one space, lower case. Its repair of
/// wrongly decoded text (the Python package ftfy) is left out: what it changes is damaged before it comes here.
/// </summary>
internal static class TextCleaner
{
    /// <summary>Cleans a text.</summary>
    public static string Clean(string text)
    {
        var unescaped = HtmlText.Unescape(HtmlText.Unescape(text));
        var result = new StringBuilder(unescaped.Length);
        foreach (var c in unescaped)
        {
            // No white space lies beyond U+FFFF, so UTF-16 units do.
            if (!char.IsWhiteSpace(c)) result.Append(c);
            else if (result.Length > 0 && result[^1] != ' ') result.Append(' ');
        }
        if (result.Length > 0 && result[^1] == ' ') result.Length--;
        return PythonLower.Lower(result.ToString());
    }
}
