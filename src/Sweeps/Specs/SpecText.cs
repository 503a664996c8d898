using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>
/// Brings a spec's JSON into the form that the schema and the reader of its values agree on: whole numbers written plainly, and nothing
/// that cannot be a number, a text or a list of a spec.
/// </summary>
public sealed class SpecText
{
    /// <summary>Most values of one list, whatever it is: comparing all of them with each other takes quadratic time.</summary>
    public const int MaxListLength = 1000;

    /// <summary>Levels of the deepest value.</summary>
    public const int MaxDepth = 32;

    /// <summary>How specs are parsed: people comment their experiments, and leave the comma behind a last value.</summary>
    public static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = MaxDepth,
    };

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private SpecProblem? _problem;

    /// <summary>Rewrites a document.</summary>
    /// <param name="root">The document as it was written.</param>
    /// <returns>The rewritten one; its JSON is null where there is a problem.</returns>
    public static (byte[]? Json, SpecProblem? Problem) Normalise(JsonElement root)
    {
        var text = new SpecText();
        using (var writer = new Utf8JsonWriter(text._buffer)) text.Write(writer, root, []);
        return text._problem is null ? (text._buffer.WrittenSpan.ToArray(), null) : (null, text._problem);
    }

    /// <summary>Parses a JSON text, which may hold half of a surrogate pair in itself or in an escape.</summary>
    /// <exception cref="JsonException">It is no JSON, or no text.</exception>
    public static JsonDocument Parse(string json)
    {
        try
        {
            return JsonDocument.Parse(json, Options);
        }
        // ArgumentException: the text itself; InvalidOperationException: a name, when it is compared with the others.
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new JsonException("it holds half of a surrogate pair, such as \\ud800; write the whole character", e);
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
                    _problem = At(path, $"found {SpecSchema.Describe(value)}, which holds a control character; remove it");
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
            _problem = At(path, $"found {SpecSchema.Describe(value)}, which is too large; write a number of at most 28 digits");
        else if (number == 0 && raw.Split('e', 'E')[0].Any(c => c is >= '1' and <= '9'))
            _problem = At(path, $"found {SpecSchema.Describe(value)}, which is too near to 0; write 0, or a number from 1e-28 on");
        else if (number == decimal.Truncate(number))
            writer.WriteRawValue(number == 0 ? "0" : number.ToString("F0", CultureInfo.InvariantCulture));
        // What has more digits than a decimal is given the digits of one; another form is kept, because labels show it.
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
        // Good JSON that no .NET text can hold.
        catch (InvalidOperationException)
        {
            _problem = At(path, $"{what} holds half of a surrogate pair, such as \\ud800; write the whole character");
            return null;
        }
    }

    private static SpecProblem At(string[] path, string message) => new(SpecSchema.JsonPath(path), message);
}
