namespace AdaptCluster.Training.Backbones;

/// <summary>
/// About how much memory a training step takes for its graph, by which packs are sized. Frozen layers keep no inputs: per row a block keeps
/// the inputs of its two layer norms and of the activation, and queries, keys, values and result of the attention. bench/Memory compares it
/// with what is measured.
/// </summary>
internal static class StepMemory
{
    /// <summary>Values of a row that stand for what lives only while one block is computed, forwards or backwards, in widths.</summary>
    private const int Passing = 16;

    /// <summary>Sequences in one tower.</summary>
    /// <param name="tower">The tower's size.</param>
    /// <param name="sequences">Images, or sequences of texts.</param>
    /// <param name="own">Token rows of each.</param>
    /// <param name="prompts">Live prompt rows by block; blocks beyond the list have none.</param>
    /// <param name="shared">Token rows in front of all sequences.</param>
    /// <returns>Bytes.</returns>
    internal static long OfTower(TowerShape tower, long sequences, long own, IReadOnlyList<int> prompts, long shared = 0)
    {
        long rows = (sequences * own) + shared;
        // x, queries, the result and the second norm's input; what the activation gets; keys and values.
        var perRow = 4 + ((long)tower.MlpWidth / tower.Width) + 2;
        // What stands before every sequence is there once for each.
        var expanded = 2 * sequences * ((tower.Depth * shared) + prompts.Sum(n => (long)n));
        return sizeof(float) * tower.Width * ((rows * ((tower.Depth * perRow) + Passing)) + expanded);
    }
}
