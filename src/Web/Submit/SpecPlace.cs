using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AdaptCluster.Web.Submit;

/// <summary>The line of a spec that an error is about, and those around it.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="First">The first of <paramref name="Excerpt"/>, from 1.</param>
/// <param name="Excerpt">The line and its neighbours.</param>
internal sealed partial record SpecPlace(int Line, int First, IReadOnlyList<string> Excerpt)
{
    /// <summary>Lines above and below.</summary>
    private const int Around = 2;

    /// <summary>Levels that a spec can have; deeper ones are not looked into.</summary>
    private const int MaxDepth = 64;

    /// <summary>Finds the line.</summary>
    /// <param name="text">The spec.</param>
    /// <param name="message">What is said of it, with a line's number or a path such as "$.arms[0].method".</param>
    /// <returns>Null where the message names no place of the text.</returns>
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

    /// <summary>The path that a message names; null where it names none.</summary>
    /// <param name="message">What is said of a spec.</param>
    public static string? PathOf(string message) => Path().Match(message) is { Success: true } path ? path.Value : null;

    /// <summary>The line of the value at a path, or of what is there of the way to it; null where the text is no JSON.</summary>
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

    /// <summary>Where the value begins that the steps lead to, as far as they lead.</summary>
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

    /// <summary>Moves to a member of an object or an element of a list; to nothing where there is none.</summary>
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

    // Before the first path: what stands behind it may be the line of another file, such as a list of images.
    [GeneratedRegex(@"\A[^$]*?: line (\d{1,7})[,:]", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"\$(?:\.[A-Za-z_][A-Za-z0-9_-]*|\[\d{1,7}\])+", RegexOptions.CultureInvariant)]
    private static partial Regex Path();

    [GeneratedRegex(@"\.[A-Za-z_][A-Za-z0-9_-]*|\[\d{1,7}\]", RegexOptions.CultureInvariant)]
    private static partial Regex Step();
}
