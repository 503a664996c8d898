using System.Text;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Tokenization;

/// <summary>
/// Reads vocab.json and merges.txt, or tokenizer.json if neither exists, from a Hugging Face folder. The files are untrusted; error
/// messages name the file and the key or line.
/// </summary>
public static class VocabularyFiles
{
    /// <summary>The name of the file that contains the tokens and their ids.</summary>
    public const string VocabularyName = "vocab.json";

    /// <summary>The name of the file that contains the merges, in merge order.</summary>
    public const string MergesName = "merges.txt";

    /// <summary>The maximum file size in bytes. OpenAI's files are 0.9 MB and 0.5 MB long.</summary>
    private const long MaxBytes = 64L << 20;

    /// <summary>Reads the ids of all tokens.</summary>
    internal static Dictionary<string, int> ReadVocabulary(string folder)
    {
        if (FastTokenizerFile.Use(folder))
            return RequireBytes(Path.Combine(folder, FastTokenizerFile.Name), FastTokenizerFile.ReadVocabulary(folder));
        var path = Path.Combine(folder, VocabularyName);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var owners = new Dictionary<int, string>();
        try
        {
            using var document = JsonDocument.Parse(ReadAll(path));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new InvalidInputException($"{path}: expected a JSON object that maps tokens to ids, found {root.ValueKind}.");
            foreach (var entry in root.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var id) || id < 0)
                    throw new InvalidInputException(
                        $"{path}: the id of token {QuotedText.Of(entry.Name)} is not a whole number from 0 to {int.MaxValue}.");
                if (!ids.TryAdd(entry.Name, id))
                    throw new InvalidInputException($"{path}: token {QuotedText.Of(entry.Name)} occurs twice.");
                if (!owners.TryAdd(id, entry.Name))
                    throw new InvalidInputException(
                        $"{path}: tokens {QuotedText.Of(owners[id])} and {QuotedText.Of(entry.Name)} have the same id {id}.");
            }
        }
        // InvalidOperationException: half of a surrogate pair is valid JSON, but it cannot be converted to a .NET string.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException($"{path} is not valid JSON ({QuotedText.OneLine(error.Message)}); copy the file again.", error);
        }
        return RequireBytes(path, ids);
    }

    /// <summary>Reads the rank of every merge and checks the merges against the vocabulary.</summary>
    internal static Dictionary<(string Left, string Right), int> ReadMerges(string folder, IReadOnlyDictionary<string, int> ids)
    {
        if (FastTokenizerFile.Use(folder)) return FastTokenizerFile.ReadMerges(folder, ids);
        var path = Path.Combine(folder, MergesName);
        var lines = ReadAll(path).Split('\n');
        var ranks = new Dictionary<(string Left, string Right), int>();
        for (var number = 1; number <= lines.Length; number++)
        {
            var line = lines[number - 1].TrimEnd('\r');
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal))) continue;
            var parts = line.Split(' ');
            if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
                throw new InvalidInputException(
                    $"{path}, line {number}: expected two symbols separated by one space, found {QuotedText.Of(line)}.");
            foreach (var symbol in (string[])[parts[0], parts[1], parts[0] + parts[1]])
            {
                if (!ids.ContainsKey(symbol))
                {
                    throw new InvalidInputException(
                        $"{path}, line {number}: {QuotedText.Of(symbol)} is not in {VocabularyName}; "
                        + "the files belong to different models; copy both from the same model.");
                }
            }
            if (!ranks.TryAdd((parts[0], parts[1]), ranks.Count))
                throw new InvalidInputException($"{path}, line {number}: the pair {QuotedText.Of(line)} occurs twice.");
        }
        // All tokens come from merges, except the start and end tokens and each byte (as such and at the end of a word).
        var needed = ids.Count - (2 * 256) - 2;
        if (ranks.Count != needed)
        {
            throw new InvalidInputException(
                $"{path} has {ranks.Count} merges, but the {ids.Count} tokens of {VocabularyName} need {needed}; "
                + "copy both files again from the same model.");
        }
        return ranks;
    }

    private static Dictionary<string, int> RequireBytes(string path, Dictionary<string, int> ids)
    {
        foreach (var value in ByteSymbols.InIdOrder)
        {
            var symbol = ByteSymbols.Of(value).ToString();
            foreach (var token in (string[])[symbol, symbol + ByteSymbols.EndOfWord])
            {
                if (!ids.ContainsKey(token))
                {
                    throw new InvalidInputException(
                        $"{path}: {QuotedText.Of(token)}, the symbol of byte {value}, is missing; CLIP's vocabulary contains all bytes.");
                }
            }
        }
        return ids;
    }

    /// <summary>Returns the names of the files from which a folder's vocabulary is read.</summary>
    public static string[] Files(string folder) => FastTokenizerFile.Use(folder) ? [FastTokenizerFile.Name] : [VocabularyName, MergesName];

    /// <summary>Reads the text of a snapshot file.</summary>
    /// <exception cref="InvalidInputException">The file is missing, too large or not text; the message names it.</exception>
    internal static string ReadAll(string path)
    {
        if (FileKind.Problem(path) is { } problem) throw new InvalidInputException($"{path} {problem}; copy the model's file again.");
        var file = new FileInfo(path);
        if (!file.Exists) throw new InvalidInputException($"{path} does not exist; copy it from the model's Hugging Face folder.");
        if (file.Length > MaxBytes)
            throw new InvalidInputException($"{path} has {file.Length} bytes; the limit for a vocabulary is {MaxBytes}.");
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path)).TrimStart('\ufeff');
            return SnapshotFile.Stranger(text) is { } stranger ? throw new InvalidInputException($"{path} {stranger}.") : text;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new InvalidInputException($"{path} cannot be read as UTF-8 text: {QuotedText.OneLine(error.Message)}", error);
        }
    }
}
