using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones.Clip;

namespace AdaptCluster.Training.Tests.Golden;

/// <summary>Cases with tokens.json, vocab.json and merges.txt, made with OpenAI's own tokenizer and vocabulary.</summary>
public class TokenizerGoldenTests
{
    private static readonly string[] Cases = [.. GoldenFolders.Holding("tokens.json")];

    [Fact]
    public void Every_text_gets_the_ids_of_OpenAIs_tokenizer()
    {
        RequireCases();
        foreach (var (folder, tokenizer, entry) in Entries(contextLength: 10_000))
        {
            if (entry.GetProperty("ftfy_changes").GetBoolean()) continue;
            var text = entry.GetProperty("text").GetString()!;
            var ids = entry.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();

            var found = tokenizer.Encode(text);

            Assert.True(ids.AsSpan().SequenceEqual(found.AsSpan()[1..^1]),
                $"{folder}, text '{text}': expected {string.Join(' ', ids)}, found {string.Join(' ', found)}");
        }
    }

    [Fact]
    public void A_text_beyond_the_context_of_77_is_refused_and_every_other_one_has_start_and_end()
    {
        RequireCases();
        foreach (var (folder, tokenizer, entry) in Entries(contextLength: 77))
        {
            if (entry.GetProperty("ftfy_changes").GetBoolean()) continue;
            var text = entry.GetProperty("text").GetString()!;
            if (entry.GetProperty("too_long").GetBoolean())
            {
                var length = entry.GetProperty("ids").GetArrayLength() + 2;
                var error = Assert.Throws<InvalidInputException>(() => tokenizer.Encode(text));
                Assert.Contains($"has {length} tokens", error.Message, StringComparison.Ordinal);
                continue;
            }
            var expected = entry.GetProperty("tokens77").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            Assert.True(expected.SequenceEqual(tokenizer.Encode(text)), $"{folder}, text '{text}'");
        }
    }

    private static void RequireCases() =>
        Assert.SkipWhen(
            Cases.Length == 0,
            $"No tokenizer case: set {GoldenFolders.Variable} to a folder with a case folder of tokens.json, vocab.json, merges.txt.");

    private static IEnumerable<(string Folder, ClipTokenizer Tokenizer, JsonElement Entry)> Entries(int contextLength)
    {
        foreach (var folder in Cases)
        {
            using var vocabulary = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "vocab.json")));
            var start = vocabulary.RootElement.GetProperty("<|startoftext|>").GetInt32();
            var end = vocabulary.RootElement.GetProperty("<|endoftext|>").GetInt32();
            var tokenizer = ClipTokenizer.Load(folder, contextLength, start, end);
            using var tokens = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tokens.json")));
            foreach (var entry in tokens.RootElement.EnumerateArray()) yield return (folder, tokenizer, entry);
        }
    }
}
