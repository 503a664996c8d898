namespace AdaptCluster.Training.Tokenization;

/// <summary>Learns a small vocabulary in CLIP's format. The result depends only on the words, not on their order.</summary>
public static class BpeTrainer
{
    /// <summary>Repeatedly merges the most frequent adjacent pair, until every given word is one token.</summary>
    /// <param name="words">The words or texts, which are cleaned and split as in the tokenizer. A word that is listed more often has more
    /// weight.</param>
    public static BpeVocabulary Train(IEnumerable<string> words)
    {
        var counts = words.SelectMany(text => WordSplitter.Split(TextCleaner.Clean(text))).CountBy(word => word, StringComparer.Ordinal);
        var corpus = counts.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => (Symbols: BpeMerger.Symbols(entry.Key), Count: entry.Value)).ToList();
        var merges = new List<(string Left, string Right)>();
        while (CommonestPair(corpus) is var (left, right))
        {
            merges.Add((left, right));
            foreach (var (symbols, _) in corpus) BpeMerger.Merge(symbols, left, right);
        }
        return new BpeVocabulary(merges);
    }

    private static (string Left, string Right)? CommonestPair(List<(List<string> Symbols, int Count)> corpus)
    {
        var counts = new Dictionary<(string Left, string Right), long>();
        foreach (var (symbols, count) in corpus)
        {
            for (var i = 0; i + 1 < symbols.Count; i++)
            {
                var pair = (symbols[i], symbols[i + 1]);
                counts[pair] = counts.GetValueOrDefault(pair) + count;
            }
        }
        if (counts.Count == 0) return null;
        // Ties go to the pair that sorts first, so that the result does not depend on the order of a hash table.
        return counts.OrderByDescending(entry => entry.Value)
            .ThenBy(entry => entry.Key.Left, StringComparer.Ordinal).ThenBy(entry => entry.Key.Right, StringComparer.Ordinal)
            .First().Key;
    }
}
