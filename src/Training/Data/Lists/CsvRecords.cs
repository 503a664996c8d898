using System.Text;
using System.Text.RegularExpressions;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>
/// Reads separated values in the format of RFC 4180. The header determines whether the separator is a comma, semicolon, tab or vertical
/// bar. Fields may be enclosed in double quotes; a double quote inside such a field is doubled. Empty lines and lines that contain only
/// separators are skipped. A first line such as "sep=;", as Excel writes it, sets the separator.
/// </summary>
internal static partial class CsvRecords
{
    private const int MaxFields = 10_000;

    /// <summary>Reads the records, each with the number of its first line.</summary>
    /// <param name="text">The text.</param>
    /// <param name="separator">The separator that <see cref="Separator"/> returned.</param>
    /// <param name="source">The name of the source in error messages.</param>
    /// <exception cref="InvalidInputException">A quote is not closed or is in the wrong place, or a record has too many fields; the message
    /// names the line.</exception>
    public static IEnumerable<(int Line, string[] Fields)> Read(string text, char separator, string source)
    {
        var (at, line) = NamedSeparator(text) is { } named ? (named.End, 2) : (0, 1);
        while (at < text.Length)
        {
            var first = line;
            var fields = new List<string>();
            do
            {
                if (fields.Count == MaxFields)
                    throw new InvalidInputException($"{source}, line {first}: more than {MaxFields} fields; check the file.");
                fields.Add(Field(text, separator, ref at, ref line, source));
            }
            while (at < text.Length && text[at++] == separator);
            if (fields.Exists(field => !string.IsNullOrWhiteSpace(field))) yield return (first, [.. fields]);
            // The record ended at a line break; \r\n counts as one.
            if (at < text.Length && text[at - 1] == '\r' && text[at] == '\n') at++;
            line++;
        }
    }

    /// <summary>
    /// Finds the separator: the character that splits the header into the most known column names or, in a tie, the more frequent
    /// character. Spreadsheets in countries with a decimal comma use semicolons.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="isKnown">Returns whether a header field is a known column name.</param>
    public static char Separator(string text, Func<string, bool> isKnown)
    {
        if (NamedSeparator(text) is { } named) return named.Separator;
        var header = text.AsSpan().TrimStart("\r\n");
        var line = (header.IndexOfAny('\r', '\n') is var end and >= 0 ? header[..end] : header).ToString();
        return ",;\t|".MaxBy(separator =>
            (line.Split(separator).Count(field => isKnown(field.Trim().Trim('"').Trim())), line.Count(c => c == separator)));
    }

    private static (char Separator, int End)? NamedSeparator(string text)
    {
        var match = SeparatorLine().Match(text);
        return match.Success ? (match.Groups[1].ValueSpan[0], match.Length) : null;
    }

    // Some programs quote this line like any other field.
    [GeneratedRegex("""\A"?sep=([^"\r\n])"?[,;\t]*(?:\r?\n|\z)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SeparatorLine();

    private static string Field(string text, char separator, ref int at, ref int line, string source)
    {
        if (at >= text.Length || text[at] != '"')
        {
            var end = text.AsSpan(at).IndexOfAny(separator, '\r', '\n') is var length and >= 0 ? at + length : text.Length;
            var plain = text[at..end];
            at = end;
            return !plain.Contains('"', StringComparison.Ordinal) ? plain
                : throw new InvalidInputException(
                $"{source}, line {line}: there is a quote inside an unquoted field; quote the field and double the quote.");
        }
        var (first, field) = (line, new StringBuilder());
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '\n') line++;
            if (text[at] != '"') field.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == '"') field.Append(text[++at]);
            else
            {
                at++;
                return at == text.Length || text[at] == separator || text[at] is '\r' or '\n'
                    ? field.ToString()
                    : throw new InvalidInputException(
                        $"{source}, line {line}: there is text after a closing quote; add a separator.");
            }
        }
        throw new InvalidInputException($"{source}, line {first}: a quote is never closed.");
    }
}
