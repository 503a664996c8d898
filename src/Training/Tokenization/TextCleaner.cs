using System.Text;

namespace AdaptCluster.Training.Tokenization;

/// <summary>
/// Cleans text as OpenAI's tokenizer does: unescapes HTML twice, trims, collapses white space to one space, and converts to lower case.
/// OpenAI's repair of incorrectly decoded text (the Python package ftfy) is left out, because it changes only text that is already damaged.
/// </summary>
internal static class TextCleaner
{
    /// <summary>Returns the cleaned text.</summary>
    public static string Clean(string text)
    {
        var unescaped = HtmlText.Unescape(HtmlText.Unescape(text));
        var result = new StringBuilder(unescaped.Length);
        foreach (var c in unescaped)
        {
            // There is no white space beyond U+FFFF, so checking UTF-16 units is enough.
            if (!char.IsWhiteSpace(c)) result.Append(c);
            else if (result.Length > 0 && result[^1] != ' ') result.Append(' ');
        }
        if (result.Length > 0 && result[^1] == ' ') result.Length--;
        return PythonLower.Lower(result.ToString());
    }
}
