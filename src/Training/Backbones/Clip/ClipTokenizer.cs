using System.Collections.Concurrent;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>
/// CLIP's byte-level BPE tokenizer, with the vocabulary from a Hugging Face folder. It returns the same ids as OpenAI's
/// <c>SimpleTokenizer</c>. Thread-safe.
/// </summary>
public sealed class ClipTokenizer : ITokenizer
{
    /// <summary>
    /// The maximum length of a text in characters. Longer texts are rejected before tokenization, because the time for merging is quadratic
    /// in the length of a word.
    /// </summary>
    private const int MaxCharacters = 16_384;

    /// <summary>The maximum number of cached words; class names and templates have far fewer.</summary>
    private const int MaxCachedWords = 65_536;

    private const string Advice = "shorten the template or the class name";

    private const string Mixed = "the vocabulary and config.json belong to different models";

    private readonly Dictionary<string, int> _ids;
    private readonly BpeMerger _merger;
    private readonly int _contextLength, _startId, _endId;
    private readonly ConcurrentDictionary<string, int[]> _words = new(StringComparer.Ordinal);

    private ClipTokenizer(Dictionary<string, int> ids, BpeMerger merger, int contextLength, int startId, int endId)
    {
        (_ids, _merger, _contextLength, _startId, _endId) = (ids, merger, contextLength, startId, endId);
        VocabularySize = ids.Values.Max() + 1;
        // If a text contains the start or end token, it is kept as one token.
        foreach (var special in (string[])[WordSplitter.StartOfText, WordSplitter.EndOfText])
        {
            if (ids.TryGetValue(special, out var id)) _words[special] = [id];
        }
    }

    /// <summary>The largest id plus one. The token embedding must have at least this many rows.</summary>
    public int VocabularySize { get; }

    /// <summary>Reads vocab.json and merges.txt.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="contextLength">The maximum number of ids that <see cref="Encode"/> returns, including start and end; at least
    /// 2.</param>
    /// <param name="startId">The id that every text starts with.</param>
    /// <param name="endId">The id that every text ends with, which must be the largest id.</param>
    /// <exception cref="InvalidInputException">A file is missing or damaged, the files do not match, or the start or end id does not fit
    /// the vocabulary.</exception>
    public static ClipTokenizer Load(string folder, int contextLength, int startId, int endId) =>
        Load(folder, VocabularyFiles.ReadVocabulary(folder), contextLength, startId, endId);

    /// <summary>Reads the vocabulary of a snapshot, and finds the start and end tokens by their names.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="config">The snapshot's config.json. It provides the number of rows in the token embedding, which can exceed the number
    /// of tokens. It also provides the start and end ids if the vocabulary uses other names for these tokens.</param>
    /// <exception cref="InvalidInputException">A file is missing or damaged, or the vocabulary does not match the
    /// configuration.</exception>
    public static ClipTokenizer Load(string folder, ClipConfig config)
    {
        var ids = VocabularyFiles.ReadVocabulary(folder);
        var path = PathOf(folder);
        var (last, largest) = ids.MaxBy(token => token.Value);
        if (largest >= config.VocabularySize)
        {
            throw new InvalidInputException($"{path}: token {QuotedText.Of(last)} has the id {largest}, but vocab_size in "
                + $"{ClipConfig.FileName} is {config.VocabularySize}; {Mixed}.");
        }
        // The ids of config.json are used only if the vocabulary does not name the tokens. A different end id is rejected, because the text
        // tower is read out at the end.
        var start = ids.TryGetValue(WordSplitter.StartOfText, out var named) ? named : config.StartId ?? config.VocabularySize - 2;
        var end = ids.TryGetValue(WordSplitter.EndOfText, out named) ? named : config.EndId ?? config.VocabularySize - 1;
        if (config.EndId is { } configured && configured != end)
        {
            throw new InvalidInputException($"{path}: {QuotedText.Of(WordSplitter.EndOfText)} has the id {end}, but "
                + $"text_config.eos_token_id in {ClipConfig.FileName} is {configured}; {Mixed}.");
        }
        return Load(folder, ids, config.ContextLength, start, end);
    }

    private static ClipTokenizer Load(string folder, Dictionary<string, int> ids, int contextLength, int startId, int endId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength, 2);
        var path = PathOf(folder);
        var (last, largest) = ids.MaxBy(token => token.Value);
        if (largest > endId)
        {
            // The text tower reads out a text at its largest id.
            throw new InvalidInputException(
                $"{path}: token {QuotedText.Of(last)} has the id {largest}, but the end-of-text id {endId} must be "
                + $"the largest; {Mixed}.");
        }
        foreach (var (name, id) in (ReadOnlySpan<(string, int)>)[("start", startId), ("end", endId)])
        {
            if (!ids.ContainsValue(id)) throw new InvalidInputException($"{path} has no token with the {name} id {id}; {Mixed}.");
        }
        var merges = VocabularyFiles.ReadMerges(folder, ids);
        return new ClipTokenizer(ids, new BpeMerger(merges), contextLength, startId, endId);
    }

    private static string PathOf(string folder) => Path.Combine(folder, VocabularyFiles.Files(folder)[0]);

    /// <inheritdoc/>
    public int[] Encode(string text)
    {
        var ids = EncodeAll(text);
        if (ids.Count > _contextLength)
        {
            throw new InvalidInputException(
                $"The text {QuotedText.Of(text)} has {ids.Count} tokens including start and end, "
                + $"but the model accepts at most {_contextLength}; {Advice}.");
        }
        return [.. ids];
    }

    /// <inheritdoc/>
    public int Count(string text) => EncodeAll(text).Count;

    private List<int> EncodeAll(string text)
    {
        if (text.Length > MaxCharacters)
        {
            throw new InvalidInputException(
                $"The text {QuotedText.Of(text)} has {text.Length} characters, far more than fit the context "
                + $"of {_contextLength} tokens; {Advice}.");
        }
        var ids = new List<int> { _startId };
        foreach (var word in WordSplitter.Split(TextCleaner.Clean(text))) ids.AddRange(EncodeWord(word));
        ids.Add(_endId);
        return ids;
    }

    private int[] EncodeWord(string word)
    {
        if (_words.TryGetValue(word, out var known)) return known;
        int[] ids = [.. _merger.Apply(word).Select(symbol => _ids[symbol])];
        if (_words.Count < MaxCachedWords) _words.TryAdd(word, ids);
        return ids;
    }
}
