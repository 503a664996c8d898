using AdaptCluster.Sweeps.Evidence;

namespace AdaptCluster.CommandHomes;

/// <summary>
/// Predictions for 100 classes, three in four right and with probabilities from 0.2 to 1, no two jobs alike: what a store has to keep of
/// real ones.
/// </summary>
internal sealed class DrawnPredictions(int images)
{
    private const int Classes = 100, Shots = 4;

    private int _jobs;

    /// <summary>Those of one more job.</summary>
    public byte[] Next()
    {
        var random = new Random(Interlocked.Increment(ref _jobs));
        return new JobPredictions
        {
            ClassNames = [.. Enumerable.Range(0, Classes).Select(i => $"class {i}")],
            Template = "a photo of a {}.",
            Validation = Split(random, Classes * Shots),
            Test = Split(random, images),
        }.ToBytes();
    }

    private static SplitPredictions Split(Random random, int count)
    {
        // Splits list their images class by class.
        var labels = Enumerable.Range(0, count).Select(i => (ushort)((long)i * Classes / count)).ToArray();
        return new SplitPredictions
        {
            Manifest = new string('0', 64),
            Labels = labels,
            Predicted = [.. labels.Select(label => random.Next(4) > 0 ? label : (ushort)random.Next(Classes))],
            Confidence = [.. labels.Select(_ => SplitPredictions.Kept(0.2f + (0.8f * random.NextSingle())))],
        };
    }
}
