using System.Text.Encodings.Web;
using System.Text.Json;

namespace AdaptCluster.Training.Tokenization;

/// <summary>
/// A vocabulary in OpenAI's order of ids: the 256 byte symbols, the same with "&lt;/w&gt;", the merges, start of text, end of text.
/// </summary>
public sealed class BpeVocabulary
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly string[] _tokens;

    /// <summary>Builds the vocabulary of a list of merges.</summary>
    /// <param name="merges">Pairs in the order in which they merge.</param>
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

    /// <summary>The text of each id.</summary>
    public IReadOnlyList<string> Tokens => _tokens;

    /// <summary>The id that every text starts with.</summary>
    public int StartId => _tokens.Length - 2;

    /// <summary>The id that every text ends with; the largest.</summary>
    public int EndId => _tokens.Length - 1;

    /// <summary>The pairs in the order in which they merge.</summary>
    internal IReadOnlyList<(string Left, string Right)> Merges { get; }

    /// <summary>Writes vocab.json and merges.txt in the Hugging Face layout.</summary>
    /// <param name="folder">An existing folder; files of these names are replaced.</param>
    public void Save(string folder)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < _tokens.Length; id++) ids.Add(_tokens[id], id);
        File.WriteAllText(Path.Combine(folder, VocabularyFiles.VocabularyName), JsonSerializer.Serialize(ids, Readable) + "\n");
        var lines = Merges.Select(pair => $"{pair.Left} {pair.Right}\n").Prepend("#version: 0.2\n");
        File.WriteAllText(Path.Combine(folder, VocabularyFiles.MergesName), string.Concat(lines));
    }
}
