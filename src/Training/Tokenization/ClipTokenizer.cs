using System.Collections.Concurrent;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Tokenization;

/// <summary>
/// CLIP's byte-level BPE tokenizer with the vocabulary of a Hugging Face folder; gives the ids of OpenAI's simple tokenizer. Safe for
/// use from several threads.
/// </summary>
public sealed class ClipTokenizer : ITokenizer
{
    /// <summary>Longer texts are refused unread: merging takes quadratic time in a word's length.</summary>
    private const int MaxCharacters = 16_384;

    /// <summary>Words kept; class names and templates have far fewer.</summary>
    private const int MaxCachedWords = 65_536;

    private const string Advice = "shorten the template or the class name";

    private readonly Dictionary<string, int> _ids;
    private readonly BpeMerger _merger;
    private readonly int _contextLength, _startId, _endId;
    private readonly ConcurrentDictionary<string, int[]> _words = new(StringComparer.Ordinal);

    private ClipTokenizer(Dictionary<string, int> ids, BpeMerger merger, int contextLength, int startId, int endId)
    {
        (_ids, _merger, _contextLength, _startId, _endId) = (ids, merger, contextLength, startId, endId);
        VocabularySize = ids.Values.Max() + 1;
        // In text, these two stand for themselves and are never cut.
        foreach (var special in (string[])[WordSplitter.StartOfText, WordSplitter.EndOfText])
        {
            if (ids.TryGetValue(special, out var id)) _words[special] = [id];
        }
    }

    /// <summary>One more than the largest id: the rows that the token embedding must have at least.</summary>
    public int VocabularySize { get; }

    /// <summary>Reads vocab.json and merges.txt.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="contextLength">The most ids that <see cref="Encode"/> may give, start and end included; at least 2.</param>
    /// <param name="startId">The id that every text starts with.</param>
    /// <param name="endId">The id that every text ends with; the largest.</param>
    /// <exception cref="InvalidInputException">A file is missing or damaged, the two do not fit, or an id has no token or no row.</exception>
    public static ClipTokenizer Load(string folder, int contextLength, int startId, int endId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength, 2);
        var ids = VocabularyFiles.ReadVocabulary(folder);
        var path = Path.Combine(folder, VocabularyFiles.VocabularyName);
        var (last, largest) = ids.MaxBy(token => token.Value);
        if (largest > endId)
        {
            // The text tower reads a text out at its largest id, and has no row for a larger one.
            throw new InvalidInputException(
                $"{path}: token {VocabularyFiles.Quote(last)} has the id {largest}, above the end id {endId} (vocab_size - 1); "
                + "the vocabulary and config.json belong to different models.");
        }
        foreach (var (name, id) in (ReadOnlySpan<(string, int)>)[("start", startId), ("end", endId)])
        {
            if (!ids.ContainsValue(id))
            {
                throw new InvalidInputException(
                    $"{path} has no token with the {name} id {id}; the vocabulary and config.json belong to different models.");
            }
        }
        var merges = VocabularyFiles.ReadMerges(folder, ids);
        return new ClipTokenizer(ids, new BpeMerger(merges), contextLength, startId, endId);
    }

    /// <summary>Reads the vocabulary of a snapshot; start and end are found by their names, wherever in the vocabulary they are.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="contextLength">The most ids that <see cref="Encode"/> may give, start and end included; at least 2.</param>
    /// <param name="vocabularySize">The rows of the token embedding; there may be more of them than tokens.</param>
    /// <exception cref="InvalidInputException">A file is missing or damaged, or the vocabulary does not fit the size.</exception>
    public static ClipTokenizer Load(string folder, int contextLength, int vocabularySize)
    {
        var ids = VocabularyFiles.ReadVocabulary(folder);
        var start = ids.GetValueOrDefault(WordSplitter.StartOfText, vocabularySize - 2);
        var end = ids.GetValueOrDefault(WordSplitter.EndOfText, vocabularySize - 1);
        return end < vocabularySize ? Load(folder, contextLength, start, end) : Load(folder, contextLength, start, vocabularySize - 1);
    }

    /// <inheritdoc/>
    public int[] Encode(string text)
    {
        var ids = EncodeAll(text);
        if (ids.Count > _contextLength)
        {
            throw new InvalidInputException(
                $"The text {VocabularyFiles.Quote(text)} takes {ids.Count} tokens with start and end, "
                + $"the model's context {_contextLength}; {Advice}.");
        }
        return [.. ids];
    }

    /// <summary>Tokens of a text with start and end, however many the context takes.</summary>
    /// <exception cref="InvalidInputException">The text is far too long to be read.</exception>
    public int Count(string text) => EncodeAll(text).Count;

    private List<int> EncodeAll(string text)
    {
        if (text.Length > MaxCharacters)
        {
            throw new InvalidInputException(
                $"The text {VocabularyFiles.Quote(text)} has {text.Length} characters, far beyond the context "
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
