using System.Globalization;
using System.Text.Json;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>A key that occurs twice in the same JSON object.</summary>
/// <param name="Path">The object's JSON path.</param>
/// <param name="Key">The key.</param>
/// <param name="FirstLine">The line of the first occurrence, counted from 1.</param>
/// <param name="Line">The line of the second occurrence.</param>
internal sealed record DuplicateKey(string Path, string Key, int FirstLine, int Line)
{
    private static readonly JsonReaderOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = SpecText.MaxDepth,
    };

    /// <summary>Returns the error message for a duplicate key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="firstLine">The line of the first occurrence.</param>
    public static string Message(string key, int firstLine) => $"'{key}' is written twice, first on line {firstLine}; remove one of them";

    /// <summary>Returns the first duplicate key in JSON text; null if there is none, or if the text is not valid JSON.</summary>
    /// <param name="json">The text in UTF-8.</param>
    public static DuplicateKey? First(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Options);
        // The keys of each open object with their lines; null for a list. Next is the index of a list's next element.
        var open = new Stack<(Dictionary<string, int>? Keys, string[] Path, int Next)>();
        string? key = null;
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        key = reader.GetString()!;
                        var (keys, path, _) = open.Peek();
                        var line = 1 + json[..(int)reader.TokenStartIndex].Count((byte)'\n');
                        if (!keys!.TryAdd(key, line)) return new(SpecSchema.JsonPath(path), key, keys[key], line);
                        break;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        var inner = reader.TokenType == JsonTokenType.StartObject
                            ? new Dictionary<string, int>(StringComparer.Ordinal) : null;
                        open.Push((inner, Place(open, key), 0));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        open.Pop();
                        break;
                    default:
                        Place(open, key);
                        break;
                }
            }
        }
        // The text is not valid JSON, or a key contains an unpaired surrogate. Both are reported elsewhere.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
        }
        return null;
    }

    /// <summary>Returns the path of the value that starts at the current token, and advances the index of the enclosing list.</summary>
    private static string[] Place(Stack<(Dictionary<string, int>? Keys, string[] Path, int Next)> open, string? key)
    {
        if (!open.TryPop(out var parent)) return [];
        open.Push(parent with { Next = parent.Next + 1 });
        return [.. parent.Path, parent.Keys is not null ? key! : parent.Next.ToString(CultureInfo.InvariantCulture)];
    }
}
