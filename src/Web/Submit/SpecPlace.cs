using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AdaptCluster.Web.Submit;

/// <summary>The line in a spec that an error refers to, with the lines around it.</summary>
/// <param name="Line">The 1-based line number.</param>
/// <param name="First">The 1-based number of the first line in <paramref name="Excerpt"/>.</param>
/// <param name="Excerpt">The line and the lines around it.</param>
internal sealed partial record SpecPlace(int Line, int First, IReadOnlyList<string> Excerpt)
{
    /// <summary>The number of lines shown above and below the line.</summary>
    private const int Around = 2;

    /// <summary>The maximum depth of a spec. Deeper levels are not searched.</summary>
    private const int MaxDepth = 64;

    /// <summary>Finds the line that an error refers to.</summary>
    /// <param name="text">The spec.</param>
    /// <param name="message">The error, with a line number or a path such as "$.arms[0].method".</param>
    /// <returns>The line with the lines around it; null if the message does not refer to a line of the text.</returns>
    public static SpecPlace? Find(string text, string message)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var line = Numbered().Match(message) is { Success: true } named
            && int.TryParse(named.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number : Path().Match(message) is { Success: true } path ? LineOf(text, path.Value) : null;
        if (line is not { } at || at < 1 || at > lines.Length) return null;
        var first = Math.Max(1, at - Around);
        return new(at, first, lines[(first - 1)..Math.Min(lines.Length, at + Around)]);
    }

    /// <summary>Returns the path that a message contains; null if it contains no path.</summary>
    /// <param name="message">An error about a spec.</param>
    public static string? PathOf(string message) => Path().Match(message) is { Success: true } path ? path.Value : null;

    /// <summary>Returns the line of the value at a path, or of its nearest existing parent; null if the text is not JSON.</summary>
    internal static int? LineOf(string text, string path)
    {
        var steps = Step().Matches(path).Select(step => step.Value.TrimStart('.')).ToArray();
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            var at = Seek(bytes, steps);
            return 1 + bytes.AsSpan(0, (int)at).Count((byte)'\n');
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Returns the byte position of the value at a path, or of its nearest existing parent.</summary>
    private static long Seek(byte[] bytes, string[] steps)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            MaxDepth = MaxDepth,
        });
        reader.Read();
        var found = reader.TokenStartIndex;
        foreach (var step in steps)
        {
            if (!Enter(ref reader, step, ref found)) break;
        }
        return found;
    }

    /// <summary>Moves to a member of an object or an element of a list; returns false if it does not exist.</summary>
    private static bool Enter(ref Utf8JsonReader reader, string step, ref long found)
    {
        if (step is ['[', ..] && reader.TokenType == JsonTokenType.StartArray)
        {
            var index = int.Parse(step.AsSpan(1, step.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture);
            for (reader.Read(); reader.TokenType != JsonTokenType.EndArray; reader.Skip(), reader.Read())
            {
                if (index-- > 0) continue;
                found = reader.TokenStartIndex;
                return true;
            }
        }
        else if (step is not ['[', ..] && reader.TokenType == JsonTokenType.StartObject)
        {
            for (reader.Read(); reader.TokenType == JsonTokenType.PropertyName; reader.Skip(), reader.Read())
            {
                var (isIt, start) = (reader.ValueTextEquals(step), reader.TokenStartIndex);
                reader.Read();
                if (!isIt) continue;
                found = start;
                return true;
            }
        }
        return false;
    }

    // Only before the first path: a line number after it may refer to another file, such as a list of images.
    [GeneratedRegex(@"\A[^$]*?: line (\d{1,7})[,:]", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"\$(?:\.[A-Za-z_][A-Za-z0-9_-]*|\[\d{1,7}\])+", RegexOptions.CultureInvariant)]
    private static partial Regex Path();

    [GeneratedRegex(@"\.[A-Za-z_][A-Za-z0-9_-]*|\[\d{1,7}\]", RegexOptions.CultureInvariant)]
    private static partial Regex Step();
}
