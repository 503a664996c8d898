namespace AdaptCluster.Training.Tokenization;

/// <summary>
/// The byte-to-character table for OpenAI's byte-level BPE. Printable Latin-1 bytes map to themselves, and all other bytes map to the
/// characters from U+0100 in byte order, so that every vocabulary entry is readable text without spaces.
/// </summary>
internal static class ByteSymbols
{
    /// <summary>The suffix of a word's last symbol.</summary>
    public const string EndOfWord = "</w>";

    private static readonly byte[] InIdOrderBytes = [.. Enumerable.Range(0, 256).OrderBy(b => !IsPrintable(b)).Select(b => (byte)b)];
    private static readonly char[] Characters = MakeCharacters();

    /// <summary>The 256 bytes, in the order of their ids.</summary>
    public static IReadOnlyList<byte> InIdOrder => InIdOrderBytes;

    /// <summary>Returns the character that represents a byte.</summary>
    public static char Of(byte value) => Characters[value];

    /// <summary>Whether a token is the symbol of a single byte, with or without the end-of-word suffix.</summary>
    public static bool Is(string token)
    {
        var text = token.EndsWith(EndOfWord, StringComparison.Ordinal) ? token[..^EndOfWord.Length] : token;
        return text.Length == 1 && Characters.Contains(text[0]);
    }

    private static bool IsPrintable(int value) => value is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        var next = 256;
        for (var value = 0; value < 256; value++) characters[value] = (char)(IsPrintable(value) ? value : next++);
        return characters;
    }
}
