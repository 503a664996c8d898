using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Tests;

/// <summary>Reports as a trainer would send them, for tests that only carry them about.</summary>
internal static class Samples
{
    /// <summary>What a worker runs on.</summary>
    public static RunEnvironment Environment { get; } = new()
    {
        Version = "0.1.0+abc",
        Runtime = ".NET",
        Packages = new SortedDictionary<string, string> { ["libtorch"] = "2" },
        Device = "cpu",
        Threads = 1,
        System = "Linux",
    };

    /// <summary>What a worker of this version can run.</summary>
    public static WorkerOffer Offer { get; } = new([TrainerVersion.Current], [Precision.Float32], "cpu", "2", 1);

    /// <summary>An epoch with one prune step and a checkpoint that is its number.</summary>
    public static EpochReport Epoch(int epoch) => new()
    {
        Epoch = epoch,
        Iterations = 10,
        Images = 40,
        Loss = 1,
        TrainAccuracy = 50,
        LearningRate = 0.1,
        ImageContextTokens = 3,
        TextContextTokens = 4,
        Duration = TimeSpan.FromSeconds(1),
        PruneSteps = [new() { Iteration = epoch * 10, ImageMask = [1], TextMask = [0] }],
        Checkpoint = [(byte)epoch],
    };

    /// <summary>A result with prompts.</summary>
    public static JobResult Result(int testCorrect, int validationCorrect = 1) => new()
    {
        TestCorrect = testCorrect,
        TestTotal = 100,
        ValidationCorrect = validationCorrect,
        ValidationTotal = 100,
        ImageContextTokens = 1,
        TextContextTokens = 2,
        TrainableParameters = 10,
        MultiplyAdds = 1_000_000_000,
        HookMultiplyAdds = 500_000_000,
        Duration = TimeSpan.FromSeconds(2),
        Prompts = [9],
    };
}
