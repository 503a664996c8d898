using System.Buffers;
using System.Globalization;
using System.Text;

namespace AdaptCluster.Training.Tokenization;

/// <summary>
/// Implements Python's <c>str.lower</c>, which uses the full case mapping of the Unicode standard. It differs from .NET's simple mapping
/// for two capital letters: U+0130 becomes two characters, and U+03A3 becomes ς at the end of a word.
/// </summary>
internal static class PythonLower
{
    /// <summary>Converts a string to lower case.</summary>
    public static string Lower(string text)
    {
        var result = new StringBuilder(text.Length);
        var position = 0;
        while (position < text.Length)
        {
            Rune.DecodeFromUtf16(text.AsSpan(position), out var rune, out var length);
            switch (rune.Value)
            {
                case 0x0130:
                    result.Append("i\u0307");
                    break;
                case 0x03A3:
                    result.Append(IsFinal(text, position) ? 'ς' : 'σ');
                    break;
                default:
                    result.Append(Rune.ToLowerInvariant(rune).ToString());
                    break;
            }
            position += length;
        }
        return result.ToString();
    }

    /// <summary>
    /// Whether a sigma meets the Final_Sigma condition in the Unicode standard, section 3.13: ignoring case-ignorable characters, the sigma
    /// follows a cased letter and is not followed by one.
    /// </summary>
    private static bool IsFinal(string text, int position)
    {
        var before = position;
        Rune rune;
        do
        {
            if (Rune.DecodeLastFromUtf16(text.AsSpan(0, before), out rune, out var length) != OperationStatus.Done) return false;
            before -= length;
        }
        while (IsCaseIgnorable(rune));
        if (!IsCased(rune)) return false;

        var after = position + 1;
        do
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(after), out rune, out var length) != OperationStatus.Done) return true;
            after += length;
        }
        while (IsCaseIgnorable(rune));
        return !IsCased(rune);
    }

    private static bool IsCaseIgnorable(Rune rune) => rune.Value switch
    {
        // Word_Break = MidLetter, MidNumLet or Single_Quote.
        0x27 or 0x2E or 0x3A or 0xB7 or 0x0387 or 0x055F or 0x05F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027
            or 0xFE13 or 0xFE52 or 0xFE55 or 0xFF07 or 0xFF0E or 0xFF1A => true,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol,
    };

    private static bool IsCased(Rune rune) => rune.Value switch
    {
        // Other_Lowercase and Other_Uppercase, unless case-ignorable.
        0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189) => true,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter,
    };
}
