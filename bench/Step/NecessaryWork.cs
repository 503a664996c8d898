using AdaptCluster.Training.Backbones.Clip;


namespace AdaptCluster.Bench;

/// <summary>
/// Multiply-adds that one iteration of Adapt cannot do without: forward, and the gradients towards the prompts through frozen weights. Left
/// out are tokens behind a text's end, the common start of all texts but once, keys that the causal mask hides, all but the read-out row in
/// the last block, and in the first block what no prompt stands behind. Norms, activations and softmax are not counted.
/// </summary>
internal static class NecessaryWork
{
    /// <summary>The image tower.</summary>
    /// <param name="config">The size.</param>
    /// <param name="images">Images of the batch, embedded before.</param>
    /// <param name="prompts">Live prompt rows of each block.</param>
    internal static double OfImages(ClipConfig config, int images, int prompts)
    {
        var tokens = config.ImageTokens;
        return Tower(config.Vision, new Rows(images * tokens, (double)images * tokens * tokens, images, images * tokens), prompts);
    }

    /// <summary>The text tower.</summary>
    /// <param name="config">The size.</param>
    /// <param name="common">Tokens that all texts start with.</param>
    /// <param name="lengths">Tokens of each text, start and end included.</param>
    /// <param name="prompts">Live prompt rows of each block.</param>
    internal static double OfTexts(ClipConfig config, int common, IReadOnlyCollection<int> lengths, int prompts)
    {
        double rows = common + lengths.Sum(length => length - common);
        var pairs = (common * (common + 1) / 2.0) + lengths.Sum(length => ((length * (length + 1)) - (common * (common + 1))) / 2.0);
        return Tower(config.Text, new Rows(rows, pairs, lengths.Count, lengths.Sum()), prompts);
    }

    private static double Tower(TowerConfig size, Rows rows, int prompts)
    {
        double width = size.Width, square = width * width, mlp = 2.0 * width * size.MlpWidth;
        var attention = (rows.Pairs + (rows.All * prompts)) * width;
        var promptKeys = 2.0 * prompts * square;
        var total = 0.0;
        for (var block = 0; block < size.Depth; block++)
        {
            var last = block == size.Depth - 1;
            var asking = last ? rows.Read : rows.All;
            var attended = last ? (rows.ReadPairs + (rows.Read * prompts)) * width : attention;
            // Forward: queries, keys and values, scores and their sum, output, MLP.
            total += (asking * square) + (2 * rows.All * square) + promptKeys + (2 * attended) + (asking * (square + mlp));
            // Backward: MLP and output; values, weights, and queries and keys, whose inputs in the first block are prompts alone.
            total += (asking * (square + mlp)) + promptKeys;
            total += block > 0 ? (4 * attended) + (asking * square) + (2 * rows.All * square) : 3 * asking * prompts * width;
        }
        return total;
    }

    /// <summary>
    /// Token rows, pairs of a query and a key that it sees, sequences, and the same pairs where the read-out row alone asks.
    /// </summary>
    private sealed record Rows(double All, double Pairs, double Read, double ReadPairs);
}
