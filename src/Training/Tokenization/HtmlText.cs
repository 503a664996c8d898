using System.Buffers;
using System.Globalization;
using System.Text;
using AngleSharp.Html;

namespace AdaptCluster.Training.Tokenization;

/// <summary>
/// Implements Python's <c>html.unescape</c>, which decodes HTML 5 character references even if the semicolon is missing and text follows
/// directly. <c>WebUtility.HtmlDecode</c> is stricter and supports only the names of HTML 4.
/// </summary>
internal static class HtmlText
{
    /// <summary>The maximum length of a reference name, as in Python's html/__init__.py.</summary>
    private const int MaxNameLength = 32;

    /// <summary>The Windows-1252 characters that browsers use in place of the C1 control characters.</summary>
    private const string C1 = "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f"
        + "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

    private static readonly SearchValues<char> NameEnds = SearchValues.Create("\t\n\f <&#;");

    /// <summary>Decodes all references in a string once.</summary>
    public static string Unescape(string text)
    {
        if (!text.Contains('&', StringComparison.Ordinal)) return text;
        var result = new StringBuilder(text.Length);
        var position = 0;
        while (position < text.Length)
        {
            var length = text[position] != '&' ? 0 : Reference(text.AsSpan(position + 1), result);
            if (length == 0) result.Append(text[position++]);
            else position += 1 + length;
        }
        return result.ToString();
    }

    /// <summary>
    /// Appends the decoded reference. Returns the number of characters that the reference occupies after the ampersand; 0 if the characters
    /// are not a reference.
    /// </summary>
    private static int Reference(ReadOnlySpan<char> text, StringBuilder result)
    {
        if (text.Length > 1 && text[0] == '#')
        {
            var hexadecimal = text[1] is 'x' or 'X';
            return hexadecimal ? Number(text, 2, NumberStyles.AllowHexSpecifier, result) : Number(text, 1, NumberStyles.None, result);
        }
        // Python ends the name at these characters and after 32 characters; a following semicolon belongs to it.
        var end = text.IndexOfAny(NameEnds);
        if (end < 0) end = text.Length;
        var longest = Math.Min(end, MaxNameLength);
        if (longest < text.Length && text[longest] == ';') longest++;
        // Tries the whole name first, then its longest known prefix; a single letter is not a name.
        for (var length = longest; length > 1; length--)
        {
            if (HtmlEntityProvider.Resolver.GetSymbol(text[..length].ToString()) is not { } symbol) continue;
            result.Append(symbol);
            return length;
        }
        return 0;
    }

    private static int Number(ReadOnlySpan<char> text, int start, NumberStyles style, StringBuilder result)
    {
        var end = start;
        while (end < text.Length && (style == NumberStyles.None ? char.IsAsciiDigit(text[end]) : char.IsAsciiHexDigit(text[end]))) end++;
        if (end == start) return 0;
        // A number that overflows is beyond Unicode in any case.
        if (!uint.TryParse(text[start..end], style, CultureInfo.InvariantCulture, out var code)) code = uint.MaxValue;
        AppendCode(code, result);
        return end < text.Length && text[end] == ';' ? end + 1 : end;
    }

    private static void AppendCode(uint code, StringBuilder result)
    {
        if (code is >= 0x80 and <= 0x9F) result.Append(C1[(int)code - 0x80]);
        else if (code == 0 || !Rune.IsValid(code)) result.Append('\ufffd');
        else if (!IsDropped(code)) result.Append(new Rune(code).ToString());
    }

    private static bool IsDropped(uint code) =>
        code is (>= 0x1 and <= 0x8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or (>= 0xFDD0 and <= 0xFDEF) || (code & 0xFFFE) == 0xFFFE;
}
