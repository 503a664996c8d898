namespace AdaptCluster.Training.Backbones;

/// <summary>
/// Estimates the memory that a training step takes for its graph, to size packs. Frozen layers keep no inputs. For each row a block keeps
/// the inputs of its two layer norms and of the activation, and queries, keys, values and the result of the attention. bench/Memory
/// compares the estimate with measurements.
/// </summary>
internal static class StepMemory
{
    /// <summary>Temporary values per row, in widths, that exist only during one block's forward or backward pass.</summary>
    private const int Passing = 16;

    /// <summary>Estimates the memory of sequences in one tower.</summary>
    /// <param name="tower">The tower's dimensions.</param>
    /// <param name="sequences">Images, or sequences of texts.</param>
    /// <param name="own">Token rows of each sequence.</param>
    /// <param name="prompts">Live prompt rows by block; blocks beyond the list have none.</param>
    /// <param name="shared">Token rows that precede all sequences.</param>
    /// <returns>Bytes.</returns>
    internal static long OfTower(TowerShape tower, long sequences, long own, IReadOnlyList<int> prompts, long shared = 0)
    {
        long rows = (sequences * own) + shared;
        // x, queries, the result and the second norm's input; the activation's input; keys and values.
        var perRow = 4 + ((long)tower.MlpWidth / tower.Width) + 2;
        // What precedes the sequences is expanded to one copy per sequence.
        var expanded = 2 * sequences * ((tower.Depth * shared) + prompts.Sum(n => (long)n));
        return sizeof(float) * tower.Width * ((rows * ((tower.Depth * perRow) + Passing)) + expanded);
    }
}
