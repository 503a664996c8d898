namespace AdaptCluster.Contracts;

/// <summary>Makes untrusted text, such as file names and labels in specs, safe to show in messages and terminals.</summary>
public static class PrintableText
{
    /// <summary>Whether a string contains no unpaired surrogates.</summary>
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

    /// <summary>
    /// Returns the text on one line. Control characters, including those in escape sequences, are escaped as in JSON; unpaired surrogates
    /// are replaced.
    /// </summary>
    public static string OneLine(string text)
    {
        var whole = IsWhole(text);
        return string.Concat(text.Select(c =>
            char.IsControl(c) || c is '\u2028' or '\u2029' ? $"\\u{(int)c:x4}" : !whole && char.IsSurrogate(c) ? "\ufffd" : c.ToString()));
    }
}
