using System.Globalization;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Drawing;

namespace AdaptCluster.Bench.Tiny;

/// <summary>What to measure; the defaults are the train block of examples/tiny.json.</summary>
internal sealed record BenchOptions
{
    public string Model { get; init; } = "models/tiny-clip";
    public IReadOnlyList<string> Sets { get; init; } = DrawnDatasets.Names;
    public IReadOnlyList<int> Targets { get; init; } = [24, 12, 6];
    public IReadOnlyList<int> Seeds { get; init; } = [1, 2, 3];
    public Scorer Scorer { get; init; } = Scorer.Snip;
    public int Shots { get; init; } = 16;
    public string? Sheets { get; init; }

    public TrainSettings Train { get; init; } = new()
    {
        Epochs = 14,
        BatchSize = 4,
        LearningRate = 0.001,
        LearningRateWarmupEpochs = 0,
        Augmentation = Augmentation.None,
        Adapt = new AdaptSettings { MaxContextLength = 8, PromptDepth = 3, PruneWarmupEpochs = 3, PrunePeriod = 24, PruneRate = 4 },
    };

    /// <summary>Reads pairs of a name and a value.</summary>
    /// <exception cref="ArgumentException">A name is unknown or has no value.</exception>
    public static BenchOptions Parse(string[] args)
    {
        if (args.Length % 2 != 0) throw new ArgumentException($"{args[^1]}: a value is missing.");
        return args.Chunk(2).Aggregate(new BenchOptions(), (options, pair) => options.With(pair[0], pair[1]));
    }

    private BenchOptions With(string name, string value) => name switch
    {
        "--model" => this with { Model = value },
        "--sets" => this with { Sets = value.Split(',') },
        "--targets" => this with { Targets = Integers(value) },
        "--seeds" => this with { Seeds = Integers(value) },
        "--scorer" => this with { Scorer = new(value) },
        "--shots" => this with { Shots = Integer(value) },
        "--sheets" => this with { Sheets = value },
        "--epochs" => this with { Train = Train with { Epochs = Integer(value) } },
        "--batch" => this with { Train = Train with { BatchSize = Integer(value) } },
        "--lr" => this with { Train = Train with { LearningRate = double.Parse(value, CultureInfo.InvariantCulture) } },
        "--length" => this with { Train = Train with { Adapt = Train.Adapt with { MaxContextLength = Integer(value) } } },
        "--period" => this with { Train = Train with { Adapt = Train.Adapt with { PrunePeriod = Integer(value) } } },
        "--prune-warmup" => this with { Train = Train with { Adapt = Train.Adapt with { PruneWarmupEpochs = Integer(value) } } },
        _ => throw new ArgumentException($"{name}: no such option."),
    };

    private static int Integer(string value) => int.Parse(value, CultureInfo.InvariantCulture);

    private static int[] Integers(string value) => [.. value.Split(',').Select(Integer)];
}
