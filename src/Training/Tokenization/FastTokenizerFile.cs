using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Tokenization;

/// <summary>
/// Reads the vocabulary from tokenizer.json, the only tokenizer file in newer snapshots. The file is untrusted; error messages name the
/// file and the JSON path.
/// </summary>
internal static class FastTokenizerFile
{
    /// <summary>The file name.</summary>
    public const string Name = "tokenizer.json";

    /// <summary>Whether a folder contains this file but neither vocab.json nor merges.txt.</summary>
    public static bool Use(string folder) => !Path.Exists(Path.Combine(folder, VocabularyFiles.VocabularyName))
        && !Path.Exists(Path.Combine(folder, VocabularyFiles.MergesName)) && Path.Exists(Path.Combine(folder, Name));

    /// <summary>Reads the ids of all tokens.</summary>
    public static Dictionary<string, int> ReadVocabulary(string folder) => Read(folder, (path, _, model) =>
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        if (!model.TryGetProperty("vocab", out var tokens) || tokens.ValueKind != JsonValueKind.Object)
            throw Refused(path, "$.model.vocab", "expected an object that maps tokens to ids");
        foreach (var token in tokens.EnumerateObject())
        {
            if (token.Value.ValueKind != JsonValueKind.Number || !token.Value.TryGetInt32(out var id) || id < 0)
                throw Refused(path, "$.model.vocab", $"the id of token {QuotedText.Of(token.Name)} is not a whole number of at least 0");
            if (!ids.TryAdd(token.Name, id))
                throw Refused(path, "$.model.vocab", $"token {QuotedText.Of(token.Name)} occurs twice");
        }
        if (ids.Values.Distinct().Count() != ids.Count) throw Refused(path, "$.model.vocab", "two tokens have the same id");
        return ids;
    });

    /// <summary>Reads the rank of every merge and checks the merges against the vocabulary.</summary>
    public static Dictionary<(string Left, string Right), int> ReadMerges(string folder, IReadOnlyDictionary<string, int> ids) =>
        Read(folder, (path, root, model) =>
    {
        var ranks = new Dictionary<(string Left, string Right), int>();
        if (!model.TryGetProperty("merges", out var merges) || merges.ValueKind != JsonValueKind.Array)
            throw Refused(path, "$.model.merges", "expected a list of merges");
        foreach (var merge in merges.EnumerateArray())
        {
            var place = $"$.model.merges[{ranks.Count}]";
            if (Pair(merge) is not [{ Length: > 0 } left, { Length: > 0 } right])
                throw Refused(path, place, "expected \"a b\" or [\"a\", \"b\"]");
            if (!ids.ContainsKey(left) || !ids.ContainsKey(right) || !ids.ContainsKey(left + right))
                throw Refused(path, place, $"{QuotedText.Of($"{left} {right}")} has a part that is not in $.model.vocab");
            if (!ranks.TryAdd((left, right), ranks.Count))
                throw Refused(path, place, $"the pair {QuotedText.Of($"{left} {right}")} occurs twice");
        }
        RequireAll(path, root, ids, ranks);
        return ranks;
    });

    /// <summary>
    /// Throws an exception if merges are missing, because words would be split into more tokens than during the model's training.
    /// </summary>
    private static void RequireAll(
        string path, JsonElement root, IReadOnlyDictionary<string, int> ids, Dictionary<(string Left, string Right), int> merges)
    {
        var made = merges.Keys.Select(merge => merge.Left + merge.Right).Concat(Added(root)).ToHashSet(StringComparer.Ordinal);
        var unmade = ids.Keys.Where(token => !made.Contains(token) && !ByteSymbols.Is(token)
            && token is not (WordSplitter.StartOfText or WordSplitter.EndOfText)).Order(StringComparer.Ordinal).ToArray();
        if (unmade.Length == 0) return;
        throw Refused(path, "$.model.merges", $"{merges.Count} merges do not produce all {ids.Count} tokens of $.model.vocab: "
            + $"{unmade.Length}, such as {QuotedText.Of(unmade[0])}, are neither bytes nor produced by merges, "
                + "nor listed in $.added_tokens");
    }

    /// <summary>Returns the tokens that are matched literally in the input and are not created by merges.</summary>
    private static IEnumerable<string> Added(JsonElement root) =>
        root.TryGetProperty("added_tokens", out var tokens) && tokens.ValueKind == JsonValueKind.Array
            ? tokens.EnumerateArray().Where(token => token.ValueKind == JsonValueKind.Object).Select(token => Text(token, "content"))
                .OfType<string>()
            : [];

    private static string[]? Pair(JsonElement merge) => merge.ValueKind switch
    {
        JsonValueKind.String => merge.GetString()!.Split(' '),
        JsonValueKind.Array when merge.GetArrayLength() == 2
            && merge.EnumerateArray().All(part => part.ValueKind == JsonValueKind.String) =>
            [merge[0].GetString()!, merge[1].GetString()!],
        _ => null,
    };

    private static T Read<T>(string folder, Func<string, JsonElement, JsonElement, T> read)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            using var document = JsonDocument.Parse(VocabularyFiles.ReadAll(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("model", out var model)
                || model.ValueKind != JsonValueKind.Object)
                throw Refused(path, "$.model", "expected an object that describes a byte-level BPE");
            if (Text(model, "type") is { } type && type != "BPE")
                throw Refused(path, "$.model.type", $"found {QuotedText.Of(type)}; CLIP uses BPE");
            if (Text(model, "end_of_word_suffix") != ByteSymbols.EndOfWord)
                throw Refused(path, "$.model.end_of_word_suffix", $"expected \"{ByteSymbols.EndOfWord}\", as in CLIP");
            if (document.RootElement.TryGetProperty("normalizer", out var normalizer) && normalizer.ValueKind != JsonValueKind.Null
                && !LowersCase(normalizer))
                throw Refused(
                    path, "$.normalizer", "expected a normalizer that converts text to lower case (type \"Lowercase\"), as in CLIP");
            return read(path, document.RootElement, model);
        }
        // InvalidOperationException: half of a surrogate pair is valid JSON, but it cannot be converted to a .NET string.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException(
                $"{path} is not valid JSON ({QuotedText.OneLine(error.Message)}); copy the file again.", error);
        }
    }

    /// <summary>Whether a normalizer, or any normalizer nested in it, converts text to lower case.</summary>
    private static bool LowersCase(JsonElement normalizer) => normalizer.ValueKind == JsonValueKind.Object && (
        Text(normalizer, "type") == "Lowercase"
        || (normalizer.TryGetProperty("lowercase", out var flag) && flag.ValueKind == JsonValueKind.True)
        || (normalizer.TryGetProperty("normalizers", out var parts) && parts.ValueKind == JsonValueKind.Array
            && parts.EnumerateArray().Any(LowersCase)));

    private static string? Text(JsonElement model, string key) =>
        model.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static InvalidInputException Refused(string path, string place, string what) =>
        new($"{path}: {place}: {what}; copy the model's tokenizer again.");
}
