using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>
/// Normalises the JSON of a spec, so that the schema and the code that reads values agree on it. Integers are written without a fraction or
/// exponent. Numbers, strings and lists that a spec cannot contain are refused.
/// </summary>
public sealed class SpecText
{
    /// <summary>
    /// The maximum length of any list. The schema compares all values of a list with each other, which takes quadratic time.
    /// </summary>
    public const int MaxListLength = 1000;

    /// <summary>The maximum nesting depth.</summary>
    public const int MaxDepth = 32;

    /// <summary>The options for parsing specs, which allow comments and trailing commas.</summary>
    public static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = MaxDepth,
    };

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private SpecProblem? _problem;

    /// <summary>Normalises a document.</summary>
    /// <param name="root">The document as written.</param>
    /// <returns>The normalised document; null if there is a problem.</returns>
    public static (byte[]? Json, SpecProblem? Problem) Normalise(JsonElement root)
    {
        var text = new SpecText();
        using (var writer = new Utf8JsonWriter(text._buffer)) text.Write(writer, root, []);
        return text._problem is null ? (text._buffer.WrittenSpan.ToArray(), null) : (null, text._problem);
    }

    /// <summary>Parses JSON text. Unpaired surrogates are reported in the same way as invalid JSON.</summary>
    /// <exception cref="JsonException">The text is not JSON, or contains an unpaired surrogate.</exception>
    public static JsonDocument Parse(string json)
    {
        try
        {
            return JsonDocument.Parse(json, Options);
        }
        // ArgumentException is thrown for the text itself; InvalidOperationException for a name, when it is compared with others.
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new JsonException("the text contains half of a surrogate pair, such as \\ud800; write the whole character", e);
        }
    }

    private void Write(Utf8JsonWriter writer, JsonElement value, string[] path)
    {
        if (_problem is not null) return;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, value, path);
                break;
            case JsonValueKind.Array:
                WriteArray(writer, value, path);
                break;
            case JsonValueKind.String:
                if (Read(() => value.GetString()!, path, "the text") is not { } text) break;
                if (text.Any(char.IsControl))
                    _problem = At(path, $"found {SpecSchema.Describe(value)}, which contains a control character; remove it");
                writer.WriteStringValue(text);
                break;
            case JsonValueKind.Number:
                WriteNumber(writer, value, path);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private void WriteObject(Utf8JsonWriter writer, JsonElement value, string[] path)
    {
        writer.WriteStartObject();
        foreach (var property in value.EnumerateObject())
        {
            if (Read(() => property.Name, path, "a key") is not { } name) return;
            writer.WritePropertyName(name);
            Write(writer, property.Value, [.. path, name]);
            if (_problem is not null) return;
        }
        writer.WriteEndObject();
    }

    private void WriteArray(Utf8JsonWriter writer, JsonElement value, string[] path)
    {
        if (value.GetArrayLength() > MaxListLength)
        {
            _problem = At(path, $"the list has more than {MaxListLength} values; make it shorter");
            return;
        }
        writer.WriteStartArray();
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            Write(writer, item, [.. path, (index++).ToString(CultureInfo.InvariantCulture)]);
            if (_problem is not null) return;
        }
        writer.WriteEndArray();
    }

    private void WriteNumber(Utf8JsonWriter writer, JsonElement value, string[] path)
    {
        var raw = value.GetRawText();
        if (!decimal.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            _problem = At(path, $"found {SpecSchema.Describe(value)}, which is too large; write a number with at most 28 digits");
        else if (number == 0 && raw.Split('e', 'E')[0].Any(c => c is >= '1' and <= '9'))
            _problem = At(path, $"found {SpecSchema.Describe(value)}, which is too close to 0; write 0, or a number of at least 1e-28");
        else if (number == decimal.Truncate(number))
            writer.WriteRawValue(number == 0 ? "0" : number.ToString("F0", CultureInfo.InvariantCulture));
        // A number with more digits than a decimal can hold is rounded to one. Any other number is kept as written, because labels show it.
        else if (value.TryGetDecimal(out _))
            writer.WriteRawValue(raw);
        else
            writer.WriteRawValue(number.ToString(CultureInfo.InvariantCulture));
    }

    private string? Read(Func<string> get, string[] path, string what)
    {
        try
        {
            return get();
        }
        // JSON allows unpaired surrogates, but a .NET string conversion does not.
        catch (InvalidOperationException)
        {
            _problem = At(path, $"{what} contains half of a surrogate pair, such as \\ud800; write the whole character");
            return null;
        }
    }

    private static SpecProblem At(string[] path, string message) => new(SpecSchema.JsonPath(path), message);
}
