using System.Text.Json;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts;

/// <summary>Writes an <see cref="IBareValue{TSelf, TValue}"/> as its plain value, and reads it back.</summary>
internal sealed class BareValueJsonConverter<T, TValue> : JsonConverter<T>
    where T : struct, IBareValue<T, TValue>
    where TValue : struct
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        T.Of(JsonSerializer.Deserialize<TValue>(ref reader, options));

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Value, options);
}
