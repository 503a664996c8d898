using System.Globalization;
using System.Text;

namespace AdaptCluster.Training.Tokenization;

/// <summary>
/// Splits cleaned text into words with CLIP's regular expression, ignoring case:
/// <c>&lt;|startoftext|&gt;|&lt;|endoftext|&gt;|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+</c>. The expression is matched by
/// hand, because .NET regular expressions match UTF-16 units, not code points, and would split letters beyond U+FFFF.
/// </summary>
internal static class WordSplitter
{
    /// <summary>The start-of-text token.</summary>
    public const string StartOfText = "<|startoftext|>";

    /// <summary>The end-of-text token.</summary>
    public const string EndOfText = "<|endoftext|>";

    private static readonly string[] Fixed = [StartOfText, EndOfText, "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    /// <summary>Returns the words in order, without white space.</summary>
    public static IEnumerable<string> Split(string text)
    {
        var position = 0;
        while (position < text.Length)
        {
            var length = FixedLength(text, position);
            if (length == 0)
            {
                var kind = KindAt(text, position, out length);
                if (kind is Kind.Letter or Kind.Other)
                {
                    while (position + length < text.Length && KindAt(text, position + length, out var more) == kind) length += more;
                }
                if (kind == Kind.Space)
                {
                    position += length;
                    continue;
                }
            }
            yield return text.Substring(position, length);
            position += length;
        }
    }

    private static int FixedLength(string text, int position)
    {
        if (text[position] is not ('<' or '\'')) return 0;
        foreach (var candidate in Fixed)
        {
            if (StartsWith(text, position, candidate)) return candidate.Length;
        }
        return 0;
    }

    private static bool StartsWith(string text, int position, string lower)
    {
        if (text.Length - position < lower.Length) return false;
        for (var i = 0; i < lower.Length; i++)
        {
            // U+017F, the long s, is the only other character that equals one of these letters when case is ignored.
            var c = text[position + i] == '\u017f' ? 's' : char.ToLowerInvariant(text[position + i]);
            if (c != lower[i]) return false;
        }
        return true;
    }

    private static Kind KindAt(string text, int position, out int length)
    {
        Rune.DecodeFromUtf16(text.AsSpan(position), out var rune, out length);
        if (Rune.IsWhiteSpace(rune)) return Kind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }

    private enum Kind
    {
        Letter,
        Number,
        Other,
        Space,
    }
}
