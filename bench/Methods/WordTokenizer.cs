using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Tokenization;


namespace AdaptCluster.Bench;

/// <summary>One to three tokens a word, as class names have them; the words of "a photo of a" have one.</summary>
internal sealed class WordTokenizer(ClipConfig config) : ITokenizer
{
    public int[] Encode(string text)
    {
        var last = config.VocabularySize - 1;
        return [last - 1, .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(Word), last];
    }

    private static IEnumerable<int> Word(string word)
    {
        var own = word.Sum(c => c);
        return Enumerable.Range(0, word.Length > 5 ? 1 + (own % 3) : 1).Select(i => 20 + ((own + (31 * i)) % 600));
    }
}
