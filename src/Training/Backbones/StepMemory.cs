namespace AdaptCluster.Training.Backbones;

/// <summary>
/// Estimates the memory that the autograd graph of a training step uses, so that packs can be sized. Frozen linear layers do not keep their
/// inputs. For each row, a block keeps the inputs of its two layer norms and its activation, the queries, keys and values, and the output
/// of the attention. bench/Memory compares the estimate with measurements.
/// </summary>
internal static class StepMemory
{
    /// <summary>The number of temporary values per row, in multiples of the width, that exist only during the forward or backward pass of
    /// one block.</summary>
    private const int Passing = 16;

    /// <summary>Estimates the memory that sequences need in one tower.</summary>
    /// <param name="tower">The tower's dimensions.</param>
    /// <param name="sequences">The number of images, or of text sequences.</param>
    /// <param name="own">The number of token rows in each sequence.</param>
    /// <param name="prompts">The number of live prompt rows in each block; blocks beyond the list have none.</param>
    /// <param name="shared">The number of token rows that all sequences share.</param>
    /// <returns>The number of bytes.</returns>
    internal static long OfTower(TowerShape tower, long sequences, long own, IReadOnlyList<int> prompts, long shared = 0)
    {
        long rows = (sequences * own) + shared;
        // x, queries, the attention output and the second norm's input; the activation's input; keys and values.
        var perRow = 4 + ((long)tower.MlpWidth / tower.Width) + 2;
        // Keys and values of prompts and shared rows are expanded to one copy per sequence.
        var expanded = 2 * sequences * ((tower.Depth * shared) + prompts.Sum(n => (long)n));
        return sizeof(float) * tower.Width * ((rows * ((tower.Depth * perRow) + Passing)) + expanded);
    }
}
