using System.Text;

namespace AdaptCluster.Training.Tokenization;

/// <summary>Applies ranked merges to a word (Sennrich et al. 2016, byte-level as in OpenAI's tokenizer).</summary>
/// <param name="ranks">The rank of each pair. The pair with the lowest rank is merged first.</param>
internal sealed class BpeMerger(IReadOnlyDictionary<(string Left, string Right), int> ranks)
{
    /// <summary>
    /// Returns the symbols of a word before any merge: one symbol per UTF-8 byte. The last symbol ends with <see
    /// cref="ByteSymbols.EndOfWord"/>.
    /// </summary>
    public static List<string> Symbols(string word)
    {
        var bytes = Encoding.UTF8.GetBytes(word);
        var symbols = new List<string>(bytes.Length);
        foreach (var value in bytes) symbols.Add(ByteSymbols.Of(value).ToString());
        symbols[^1] += ByteSymbols.EndOfWord;
        return symbols;
    }

    /// <summary>Merges every occurrence of a pair, from left to right.</summary>
    public static void Merge(List<string> symbols, string left, string right)
    {
        var kept = 0;
        for (var i = 0; i < symbols.Count; i++)
        {
            var joined = i + 1 < symbols.Count && symbols[i] == left && symbols[i + 1] == right;
            symbols[kept++] = joined ? left + right : symbols[i];
            if (joined) i++;
        }
        symbols.RemoveRange(kept, symbols.Count - kept);
    }

    /// <summary>Returns the symbols of a word after all merges.</summary>
    public List<string> Apply(string word)
    {
        var symbols = Symbols(word);
        while (true)
        {
            var best = int.MaxValue;
            var at = -1;
            for (var i = 0; i + 1 < symbols.Count; i++)
            {
                if (ranks.TryGetValue((symbols[i], symbols[i + 1]), out var rank) && rank < best) (best, at) = (rank, i);
            }
            if (at < 0) return symbols;
            Merge(symbols, symbols[at], symbols[at + 1]);
        }
    }
}
