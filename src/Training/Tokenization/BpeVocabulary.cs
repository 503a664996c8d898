using System.Text.Encodings.Web;
using System.Text.Json;

namespace AdaptCluster.Training.Tokenization;

/// <summary>
/// A vocabulary with ids in OpenAI's order: the 256 byte symbols, the same symbols with "&lt;/w&gt;", the merges, start of text and end of
/// text.
/// </summary>
public sealed class BpeVocabulary
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly string[] _tokens;

    /// <summary>Initializes a vocabulary from a list of merges.</summary>
    /// <param name="merges">The pairs, in merge order.</param>
    internal BpeVocabulary(IReadOnlyList<(string Left, string Right)> merges)
    {
        var bytes = ByteSymbols.InIdOrder.Select(value => ByteSymbols.Of(value).ToString()).ToList();
        Merges = merges;
        _tokens =
        [
            .. bytes, .. bytes.Select(symbol => symbol + ByteSymbols.EndOfWord), .. merges.Select(pair => pair.Left + pair.Right),
            WordSplitter.StartOfText, WordSplitter.EndOfText,
        ];
    }

    /// <summary>The token for each id.</summary>
    public IReadOnlyList<string> Tokens => _tokens;

    /// <summary>The id of the start-of-text token, which begins every text.</summary>
    public int StartId => _tokens.Length - 2;

    /// <summary>The id of the end-of-text token, which ends every text. It is the largest id.</summary>
    public int EndId => _tokens.Length - 1;

    /// <summary>The pairs, in merge order.</summary>
    internal IReadOnlyList<(string Left, string Right)> Merges { get; }

    /// <summary>Writes vocab.json and merges.txt in the Hugging Face layout.</summary>
    /// <param name="folder">An existing folder; existing files are replaced.</param>
    public void Save(string folder)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < _tokens.Length; id++) ids.Add(_tokens[id], id);
        File.WriteAllText(Path.Combine(folder, VocabularyFiles.VocabularyName), JsonSerializer.Serialize(ids, Readable) + "\n");
        var lines = Merges.Select(pair => $"{pair.Left} {pair.Right}\n").Prepend("#version: 0.2\n");
        File.WriteAllText(Path.Combine(folder, VocabularyFiles.MergesName), string.Concat(lines));
    }
}
