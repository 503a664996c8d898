using System.Text;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Tests.Backbones.Clip;
using AdaptCluster.Training.Tests.Data;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Tests.Tokenization;

public sealed class ClipTokenizerTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly BpeVocabulary _vocabulary = BpeTrainer.Train(["a photo of a red circle."]);

    public ClipTokenizerTests() => _vocabulary.Save(_folder.Root);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_small_vocabulary_with_known_words_gives_one_token_a_word()
    {
        var ids = Load().Encode("A photo  of a RED circle.");
        var words = Ids("a</w>", "photo</w>", "of</w>", "a</w>", "red</w>", "circle</w>", ".</w>");
        Assert.Equal([_vocabulary.StartId, .. words, _vocabulary.EndId], ids);
    }

    [Fact]
    public void Unknown_words_and_scripts_fall_into_bytes()
    {
        Assert.Equal(Ids("z", "q</w>"), Load().Encode("zq")[1..^1]);
        Assert.Equal(4, Load().Encode("é")[..].Length);
        Assert.Equal([_vocabulary.StartId, _vocabulary.EndId], Load().Encode(" \t\n "));
    }

    [Fact]
    public void Start_and_end_written_in_the_text_are_one_token_each() =>
        Assert.Equal([_vocabulary.StartId, _vocabulary.StartId, .. Ids("a</w>"), _vocabulary.EndId, _vocabulary.EndId],
            Load().Encode("<|StartOfText|>a<|endoftext|>"));

    [Fact]
    public void A_text_that_just_fits_is_taken_and_one_token_more_is_refused_with_numbers()
    {
        var tokenizer = Load(contextLength: 5);
        Assert.Equal(5, tokenizer.Encode("a red circle").Length);
        var message = Assert.Throws<InvalidInputException>(() => tokenizer.Encode("a red\ncircle.")).Message;
        Assert.Equal(
            "The text 'a red circle.' has 6 tokens including start and end, but the model accepts at most 5; "
                + "shorten the template or the class name.",
            message);
        message = Assert.Throws<InvalidInputException>(() => tokenizer.Encode(new string('a', 100_000))).Message;
        Assert.Contains("has 100000 characters", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_threads_get_the_same_ids()
    {
        var tokenizer = Load();
        var expected = Load().Encode("a photo of a square circle");
        Parallel.For(0, 1000, _ => Assert.Equal(expected, tokenizer.Encode("a photo of a square circle")));
    }

    [Theory]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    public void A_missing_file_is_named(string name)
    {
        File.Delete(_folder.At(name));
        Assert.Contains($"{name} does not exist", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is not valid JSON")]
    [InlineData("{\"a\": 1", "is not valid JSON")]
    [InlineData("[1]", "expected one JSON object of tokens and ids, found Array")]
    [InlineData("{\"a\": \"1\"}", "the id of token 'a' is not a whole number")]
    [InlineData("{\"a\": -1}", "the id of token 'a' is not a whole number")]
    [InlineData("{\"a\": 1.5}", "the id of token 'a' is not a whole number")]
    [InlineData("{\"a\": 99999999999}", "the id of token 'a' is not a whole number")]
    [InlineData("{\"a\": 1, \"a\": 2}", "token 'a' occurs twice")]
    [InlineData("{\"a\": 1, \"b\": 1}", "tokens 'a' and 'b' have the same id 1")]
    [InlineData("{\"\\ud800\": 1}", "vocab.json")]
    [InlineData("{\"a\": 1}", "the symbol of byte 33, is missing")]
    public void A_damaged_vocabulary_is_refused_with_the_reason(string content, string reason)
    {
        _folder.Write("vocab.json", content);
        Assert.Contains(reason, Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#version: 0.2\na b c\n", "line 2: expected two symbols separated by one space")]
    [InlineData("#version: 0.2\nab\n", "line 2: expected two symbols separated by one space")]
    [InlineData("p h\n z z\n", "line 2: expected two symbols separated by one space")]
    [InlineData("p h\nz z\n", "line 2: 'zz' is not in vocab.json")]
    [InlineData("xx y\n", "line 1: 'xx' is not in vocab.json")]
    [InlineData("p h\np h\n", "line 2: the pair 'p h' occurs twice")]
    public void Damaged_merges_are_refused_with_their_line(string content, string reason)
    {
        _folder.Write("merges.txt", content);
        // Only these two of the pairs above are in the vocabulary of the test.
        AddToVocabulary("ph");
        var error = Assert.Throws<InvalidInputException>(
            () => ClipTokenizer.Load(_folder.Root, 77, _vocabulary.StartId, _vocabulary.EndId + 1));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        _folder.Write("merges.txt", [0x61, 0xFF, 0xFE, 0x0A]);
        Assert.Contains("merges.txt cannot be read as UTF-8", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_and_end_must_be_in_the_vocabulary()
    {
        var error = Assert.Throws<InvalidInputException>(() => ClipTokenizer.Load(_folder.Root, 77, 49406, _vocabulary.EndId));
        Assert.Contains("has no token with the start id 49406", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("#version: 0.2\n")]
    [InlineData("#version: 0.2\np h\n")]
    public void Merges_fewer_than_the_vocabulary_was_made_by_are_refused_with_both_numbers(string content)
    {
        AddToVocabulary("ph");
        _folder.Write("merges.txt", content);
        var message = Assert.Throws<InvalidInputException>(
            () => ClipTokenizer.Load(_folder.Root, 77, _vocabulary.StartId, _vocabulary.EndId + 1)).Message;
        var merges = content.Contains('h', StringComparison.Ordinal) ? 1 : 0;
        Assert.Contains(
            $"merges.txt has {merges} merges, and the {_vocabulary.Tokens.Count + 1} tokens of vocab.json need "
            + $"{_vocabulary.Merges.Count + 1}; ",
            message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_vocabulary_of_tiny_clip_has_a_token_for_each_byte_merge_start_and_end() =>
        ClipTokenizer.Load(Repository.At("models", "tiny-clip"), 20, 698, 699);

    [Fact]
    public void An_id_that_the_embedding_has_no_row_for_is_refused_by_its_token_and_the_rows()
    {
        AddToVocabulary("surplus");
        Assert.Contains(
            $"vocab.json: token 'surplus' has the id {_vocabulary.Tokens.Count}, but vocab_size in config.json is "
                + $"{_vocabulary.Tokens.Count}; ",
            Refused(Config(_vocabulary.Tokens.Count)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_above_the_end_that_the_vocabulary_names_is_refused_with_both_ids()
    {
        AddToVocabulary("surplus");
        Assert.Contains(
            $"vocab.json: token 'surplus' has the id {_vocabulary.Tokens.Count}, but the end-of-text id {_vocabulary.EndId} must be",
            Refused(Config(_vocabulary.Tokens.Count + 100)), StringComparison.Ordinal);
    }

    /// <summary>OpenAI's own config.json says 0 and 2, and means the ids that the vocabulary names.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(""", "bos_token_id": 0, "eos_token_id": 2""")]
    [InlineData(""", "bos_token_id": null, "eos_token_id": null""")]
    public void A_configuration_without_true_ids_of_start_and_end_is_accepted(string ids)
    {
        var config = Read(ids);
        Assert.Equal((null, null), (config.StartId, config.EndId));
        Assert.Equal(Load().Encode("a red circle"), ClipTokenizer.Load(_folder.Root, config).Encode("a red circle"));
    }

    [Fact]
    public void An_end_in_the_configuration_that_is_not_the_vocabulary_s_is_refused_with_both()
    {
        var config = Read($$""", "eos_token_id": {{_vocabulary.EndId - 5}}""");
        Assert.Contains($"vocab.json: '<|endoftext|>' has the id {_vocabulary.EndId}, but text_config.eos_token_id in config.json is "
            + $"{_vocabulary.EndId - 5}; the vocabulary and config.json belong to different models", Refused(config),
                StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_vocabulary_has_other_names_the_configuration_says_which_tokens_start_and_end_a_text()
    {
        var text = File.ReadAllText(_folder.At("vocab.json"));
        text = text.Replace("<|startoftext|>", "[BOS]", StringComparison.Ordinal)
            .Replace("<|endoftext|>", "[EOS]", StringComparison.Ordinal);
        _folder.Write("vocab.json", text);
        var config = Read($$""", "bos_token_id": 300, "eos_token_id": {{_vocabulary.EndId}}""");
        var ids = ClipTokenizer.Load(_folder.Root, config).Encode("a red circle");
        Assert.Equal((300, _vocabulary.EndId), (ids[0], ids[^1]));
    }

    [Fact]
    public void Merges_of_tokenizer_json_that_do_not_make_all_tokens_are_refused_with_an_example()
    {
        var merges = ToFastTokenizer();
        ClipTokenizer.Load(_folder.Root, Config(_vocabulary.Tokens.Count));
        ToFastTokenizer(merges[..^3]);
        Assert.Contains($"tokenizer.json: $.model.merges: {merges.Length - 3} merges for the {_vocabulary.Tokens.Count} tokens of "
            + "$.model.vocab, of which 3, such as '", Refused(Config(_vocabulary.Tokens.Count)), StringComparison.Ordinal);
        ToFastTokenizer([]);
        Assert.Contains("tokenizer.json: $.model.merges: 0 merges", Refused(Config(_vocabulary.Tokens.Count)), StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_that_tokenizer_json_adds_need_no_merge()
    {
        _folder.Write("vocab.json", File.ReadAllText(_folder.At("vocab.json"))
            .Replace("<|startoftext|>", "[PAD]", StringComparison.Ordinal));
        ToFastTokenizer(added: "[PAD]");
        Assert.Equal(_vocabulary.StartId, ClipTokenizer.Load(_folder.Root, Config(_vocabulary.Tokens.Count)).Encode("a")[0]);
    }

    [Theory]
    [InlineData("""{"type": "NFC"}""", true)]
    [InlineData("""{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Replace", "content": " "}]}""", true)]
    [InlineData("""{"type": "BertNormalizer", "lowercase": false}""", true)]
    [InlineData("""{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]}""", false)]
    [InlineData("""{"type": "Lowercase"}""", false)]
    [InlineData("null", false)]
    [InlineData(null, false)]
    public void A_normalizer_of_tokenizer_json_that_keeps_capitals_is_refused(string? normalizer, bool refused)
    {
        ToFastTokenizer();
        var file = JsonNode.Parse(File.ReadAllText(_folder.At("tokenizer.json")))!.AsObject();
        if (normalizer is not null) file["normalizer"] = JsonNode.Parse(normalizer);
        _folder.Write("tokenizer.json", file.ToJsonString());

        var error = Record.Exception(() => ClipTokenizer.Load(_folder.Root, Config(_vocabulary.Tokens.Count)));

        Assert.Equal(refused ? $"{_folder.At("tokenizer.json")}: $.normalizer: expected one that lower-cases texts (type \"Lowercase\"), "
            + "as CLIP's does; copy the tokenizer of the model again." : null, error?.Message);
    }

    [Fact]
    public void A_dangling_link_and_a_folder_in_place_of_a_file_are_called_what_they_are()
    {
        File.Delete(_folder.At("vocab.json"));
        File.CreateSymbolicLink(_folder.At("vocab.json"), _folder.At("gone"));
        Assert.Contains($"vocab.json is a broken link: {_folder.At("gone")} does not exist; ", Refused(), StringComparison.Ordinal);
        File.Delete(_folder.At("vocab.json"));
        Directory.CreateDirectory(_folder.At("vocab.json"));
        Assert.Contains("vocab.json is a folder, not a file; ", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_count_of_tokens_is_what_encoding_gives_and_knows_no_limit()
    {
        Assert.Equal(Load().Encode("a red circle.").Length, Load().Count("a red circle."));
        Assert.Equal(6, Load(contextLength: 5).Count("a red circle."));
    }

    [Fact]
    public void The_vocabulary_tells_how_many_rows_the_embedding_needs() => Assert.Equal(_vocabulary.Tokens.Count, Load().VocabularySize);

    private static ClipConfig Config(int vocabularySize) => SmallClip.Config with { VocabularySize = vocabularySize, ContextLength = 77 };

    private ClipConfig Read(string ids) => ClipConfigJson.Read(
        Encoding.UTF8.GetBytes($$"""{"text_config": {"vocab_size": {{_vocabulary.Tokens.Count}} {{ids}} } }"""), "config.json");

    private string Refused(ClipConfig config) =>
        Assert.Throws<InvalidInputException>(() => ClipTokenizer.Load(_folder.Root, config)).Message;

    /// <summary>Moves vocabulary and merges into tokenizer.json.</summary>
    /// <param name="merges">The merges; null for all of the vocabulary's.</param>
    /// <param name="added">A token that stands for itself.</param>
    private string[] ToFastTokenizer(string[]? merges = null, string? added = null)
    {
        merges ??= [.. _vocabulary.Merges.Select(pair => $"{pair.Left} {pair.Right}")];
        var file = new JsonObject
        {
            ["added_tokens"] = new JsonArray(added is null ? [] : [new JsonObject { ["id"] = 0, ["content"] = added }]),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["end_of_word_suffix"] = "</w>",
                ["vocab"] = File.Exists(_folder.At("vocab.json")) ? JsonNode.Parse(File.ReadAllText(_folder.At("vocab.json")))
                    : JsonNode.Parse(File.ReadAllText(_folder.At("tokenizer.json")))!["model"]!["vocab"]!.DeepClone(),
                ["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)merge)]),
            },
        };
        _folder.Write("tokenizer.json", file.ToJsonString());
        File.Delete(_folder.At("vocab.json"));
        File.Delete(_folder.At("merges.txt"));
        return merges;
    }

    private ClipTokenizer Load(int contextLength = 77) =>
        ClipTokenizer.Load(_folder.Root, contextLength, _vocabulary.StartId, _vocabulary.EndId);

    private IEnumerable<int> Ids(params string[] tokens) => tokens.Select(token => _vocabulary.Tokens.ToList().IndexOf(token));

    private void AddToVocabulary(string token)
    {
        var vocabulary = JsonNode.Parse(File.ReadAllText(_folder.At("vocab.json")))!.AsObject();
        vocabulary.TryAdd(token, _vocabulary.Tokens.Count);
        _folder.Write("vocab.json", vocabulary.ToJsonString());
    }

    private string Refused()
    {
        var message = Assert.Throws<InvalidInputException>(() => Load()).Message;
        Assert.StartsWith(_folder.Root, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
