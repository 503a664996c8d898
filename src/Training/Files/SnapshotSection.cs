using System.Text;
using System.Text.Json;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Files;

/// <summary>
/// A JSON object in a snapshot file, optionally combined with a second object whose values take precedence. Error messages name the file,
/// the key and the value that was found.
/// </summary>
internal sealed class SnapshotSection
{
    private const int MaxFileLength = 1 << 20;

    private readonly JsonElement _first;
    private readonly JsonElement? _winning;
    private readonly string _path, _source;

    private SnapshotSection(JsonElement first, JsonElement? winning, string path, string source)
    {
        (_first, _winning, _path, _source) = (first, winning, path, source);
        if (first.ValueKind != JsonValueKind.Object)
            throw new InvalidInputException($"{source}: {(path.Length == 0 ? "the file" : path)} must be a JSON object.");
    }

    /// <summary>Reads the bytes of a snapshot file.</summary>
    /// <exception cref="InvalidInputException">The file is not a regular file, is too large, or cannot be read.</exception>
    internal static byte[] Bytes(string path)
    {
        const string instead = "specify the folder of a Hugging Face CLIP snapshot";
        if (FileKind.Problem(path) is { } problem) throw new InvalidInputException($"{path} {problem}; {instead}.");
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxFileLength)
                throw TooLarge(path, file.Length);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return SnapshotFile.Stranger(bytes) is { } stranger ? throw new InvalidInputException($"{path} {stranger}.") : bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{path} cannot be read ({e.Message.ReplaceLineEndings(" ")}); {instead}.", e);
        }
    }

    /// <summary>Parses a snapshot file.</summary>
    /// <param name="json">The bytes of the file.</param>
    /// <param name="source">The name of the file in messages.</param>
    /// <param name="read">Reads the required values from the file's JSON object.</param>
    /// <exception cref="InvalidInputException">The file is not a JSON object, or a value is missing or invalid.</exception>
    internal static T Read<T>(byte[] json, string source, Func<SnapshotSection, T> read)
    {
        if (json.Length > MaxFileLength)
            throw TooLarge(source, json.Length);
        try
        {
            var text = json.AsMemory(json.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0);
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
            return read(new SnapshotSection(document.RootElement, null, "", source));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException($"{source}: not valid JSON ({e.Message.ReplaceLineEndings(" ")}).", e);
        }
    }

    /// <summary>Returns a nested object; null if the key is absent or its value is not an object.</summary>
    internal SnapshotSection? ObjectOrNull(string key) =>
        Find(key) is { ValueKind: JsonValueKind.Object } value ? new SnapshotSection(value, null, Path(key), _source) : null;

    /// <summary>The keys of the object.</summary>
    internal IEnumerable<string> Keys => _first.EnumerateObject().Select(property => property.Name);

    /// <summary>Whether the key exists with a value other than null.</summary>
    internal bool Has(string key) => Find(key) is not null;

    internal SnapshotSection Child(string key, string winningKey)
    {
        var first = Find(key) ?? JsonElement.Parse("{}");
        return new SnapshotSection(first, Find(winningKey) is { ValueKind: JsonValueKind.Object } winning ? winning : null, key, _source);
    }

    private static InvalidInputException TooLarge(string source, long bytes) =>
        new($"{source} has {bytes} bytes; the limit for this file of a CLIP model is {MaxFileLength}. Check that it is the right file.");

    internal int Integer(string key, int absent, int low, int high)
    {
        if (Find(key) is not { } value) return absent;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= low && number <= high)
            return number;
        throw Bad(key, $"expected a whole number from {low} to {high}");
    }

    internal double Number(string key, double absent, double low, double high)
    {
        if (Find(key) is not { } value) return absent;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= low && number <= high)
            return number;
        throw Bad(key, FormattableString.Invariant($"expected a number from {low} to {high}"));
    }

    internal bool Flag(string key, bool absent)
    {
        if (Find(key) is not { } value) return absent;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Bad(key, "expected true or false");
    }

    /// <summary>Reads one number per channel.</summary>
    internal IReadOnlyList<double> Channels(string key, IReadOnlyList<double> absent, double low, double high)
    {
        if (Find(key) is not { } value) return absent;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 3)
        {
            var numbers = value.EnumerateArray().Select(number => number.ValueKind == JsonValueKind.Number
                && number.TryGetDouble(out var found) && found >= low && found <= high ? found : double.NaN).ToArray();
            if (!numbers.Any(double.IsNaN)) return numbers;
        }
        throw Bad(key, FormattableString.Invariant($"expected three numbers from {low} to {high}"));
    }

    internal string Text(string key, string absent)
    {
        if (Find(key) is not { } value) return absent;
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Bad(key, "expected a string");
    }

    internal void Require(string key, string expected)
    {
        if (Text(key, expected) != expected) throw Bad(key, $"expected \"{expected}\"");
    }

    internal InvalidInputException Bad(string key, string expected)
    {
        var found = Find(key)?.GetRawText().ReplaceLineEndings(" ") ?? "absent";
        return new InvalidInputException($"{_source}: {Path(key)} is {(found.Length > 80 ? found[..80] + "..." : found)}; {expected}.");
    }

    private string Path(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    private JsonElement? Find(string key)
    {
        if (_winning?.TryGetProperty(key, out var winning) == true && winning.ValueKind != JsonValueKind.Null) return winning;
        return _first.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }
}
