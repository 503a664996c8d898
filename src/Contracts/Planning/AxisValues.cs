using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Planning;

/// <summary>
/// The values of some settings, keyed by name, such as <c>{"learningRate": 0.01}</c>. They identify the position of a row or a candidate in
/// a sweep's grid. Each value is a JSON scalar. The settings are in the spec's order.
/// </summary>
[GenerateSerializer, Immutable, Alias("AxisValues"), JsonConverter(typeof(AxisValuesConverter))]
public sealed class AxisValues : IEquatable<AxisValues>
{
    /// <summary>The name of the setting for Adapt's T_target.</summary>
    public const string TTarget = "tTarget";

    /// <summary>The name of the setting for Adapt's saliency scorer.</summary>
    public const string Scorer = "scorer";

    /// <summary>The name of the setting for the number of training images per class.</summary>
    public const string Shots = "shots";

    /// <summary>The name of the setting for the backbone.</summary>
    public const string Backbone = "backbone";

    [Id(0)]
    private readonly string[] _names;

    [Id(1)]
    private readonly string[] _values;

    /// <summary>Initializes a list of values in the given order.</summary>
    /// <param name="values">The settings' names, which must be unique, with their values as JSON.</param>
    public AxisValues(params IEnumerable<(string Name, string Json)> values)
    {
        var pairs = values.ToArray();
        _names = Array.ConvertAll(pairs, pair => pair.Name);
        _values = Array.ConvertAll(pairs, pair => pair.Json);
    }

    /// <summary>An empty list of values.</summary>
    public static AxisValues None { get; } = new();

    /// <summary>The names with their values as JSON.</summary>
    [JsonIgnore]
    public IEnumerable<(string Name, string Json)> All => _names.Zip(_values);

    /// <summary>The number of values.</summary>
    [JsonIgnore]
    public int Count => _names.Length;

    /// <summary>The value of a setting as JSON; null if the setting has no value.</summary>
    public string? this[string name] => Array.IndexOf(_names, name) is >= 0 and var at ? _values[at] : null;

    /// <summary>Returns the value of a setting if it is a number; otherwise null.</summary>
    public double? Number(string name) =>
        double.TryParse(this[name], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Returns a copy without the given settings.</summary>
    public AxisValues Without(params string[] names) => new(All.Where(pair => !names.Contains(pair.Name)));

    /// <summary>Returns these values followed by the given values, whose names must be different.</summary>
    public AxisValues With(AxisValues more) => new(All.Concat(more.All));

    /// <summary>Returns the short name of a setting for labels and cells, such as "T" for T_target.</summary>
    public static string Short(string name) => name == TTarget ? "T" : name;

    /// <summary>Formats a value for display, without the quotation marks around a string.</summary>
    public static string Plain(string json) => json.Trim('"');

    /// <summary>Returns the values as text, such as "learningRate=0.01, scorer=snip".</summary>
    public override string ToString() => string.Join(", ", All.Select(pair => $"{pair.Name}={Plain(pair.Json)}"));

    /// <inheritdoc/>
    public bool Equals(AxisValues? other) => other is not null && All.SequenceEqual(other.All);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AxisValues);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}

/// <summary>Writes <see cref="AxisValues"/> as a JSON object, and reads them back.</summary>
public sealed class AxisValuesConverter : JsonConverter<AxisValues>
{
    /// <inheritdoc/>
    public override AxisValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException($"found {document.RootElement.ValueKind}");
        return new AxisValues(document.RootElement.EnumerateObject().Select(pair =>
            pair.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                ? throw new JsonException($"the value of '{pair.Name}' is not a number, a string, true or false")
                : (pair.Name, pair.Value.GetRawText())));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, AxisValues value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, json) in value.All)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(json);
        }
        writer.WriteEndObject();
    }
}
