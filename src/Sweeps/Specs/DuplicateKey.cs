using System.Globalization;
using System.Text.Json;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>A key that an object of a JSON text has twice.</summary>
/// <param name="Path">The object's JSON path.</param>
/// <param name="Key">The key.</param>
/// <param name="FirstLine">The line of its first place, from 1.</param>
/// <param name="Line">The line of its second place.</param>
internal sealed record DuplicateKey(string Path, string Key, int FirstLine, int Line)
{
    private static readonly JsonReaderOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = SpecText.MaxDepth,
    };

    /// <summary>What to say of a key that is written twice.</summary>
    /// <param name="key">The key.</param>
    /// <param name="firstLine">The line of its first place.</param>
    public static string Message(string key, int firstLine) => $"'{key}' is written twice, first in line {firstLine}; remove one of them";

    /// <summary>The first one of a text; null where there is none, or no JSON.</summary>
    /// <param name="json">UTF-8.</param>
    public static DuplicateKey? First(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Options);
        // For each open object its keys with their lines; null for a list, whose next index is counted beside it.
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
        // Half of a surrogate pair in a key, which is reported as such.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
        }
        return null;
    }

    /// <summary>The path of the value that begins here; in a list the next value has the next index.</summary>
    private static string[] Place(Stack<(Dictionary<string, int>? Keys, string[] Path, int Next)> open, string? key)
    {
        if (!open.TryPop(out var parent)) return [];
        open.Push(parent with { Next = parent.Next + 1 });
        return [.. parent.Path, parent.Keys is not null ? key! : parent.Next.ToString(CultureInfo.InvariantCulture)];
    }
}
