namespace AdaptCluster.Contracts;

/// <summary>Others' texts, such as names of files and labels of specs, as messages and terminals may show them.</summary>
public static class PrintableText
{
    /// <summary>Whether a text has no half of a surrogate pair.</summary>
    public static bool IsWhole(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }
        return true;
    }

    /// <summary>A text on one line: control characters, escape sequences among them, as in JSON.</summary>
    public static string OneLine(string text)
    {
        var whole = IsWhole(text);
        return string.Concat(text.Select(c =>
            char.IsControl(c) || c is '\u2028' or '\u2029' ? $"\\u{(int)c:x4}" : !whole && char.IsSurrogate(c) ? "\ufffd" : c.ToString()));
    }
}
