using System.Globalization;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Drawing;
using TorchSharp;

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

    public required torch.Device Device { get; init; }

    /// <summary>Reads the command line.</summary>
    public static BenchOptions Parse(BenchArguments arguments)
    {
        var defaults = new BenchOptions { Device = arguments.Device() };
        var (train, adapt) = (defaults.Train, defaults.Train.Adapt);
        var options = defaults with
        {
            Model = arguments.Text("--model", defaults.Model),
            Sets = arguments.Text("--sets", string.Join(',', defaults.Sets)).Split(','),
            Targets = arguments.Numbers("--targets", string.Join(',', defaults.Targets)),
            Seeds = arguments.Numbers("--seeds", string.Join(',', defaults.Seeds)),
            Scorer = new(arguments.Text("--scorer", defaults.Scorer.Name)),
            Shots = arguments.Number("--shots", defaults.Shots),
            Sheets = arguments.Text("--sheets", "") is { Length: > 0 } sheets ? sheets : null,
            Train = train with
            {
                Epochs = arguments.Number("--epochs", train.Epochs),
                BatchSize = arguments.Number("--batch", train.BatchSize),
                LearningRate = double.Parse(arguments.Text("--lr", $"{train.LearningRate}"), CultureInfo.InvariantCulture),
                Adapt = adapt with
                {
                    MaxContextLength = arguments.Number("--length", adapt.MaxContextLength),
                    PrunePeriod = arguments.Number("--period", adapt.PrunePeriod),
                    PruneWarmupEpochs = arguments.Number("--prune-warmup", adapt.PruneWarmupEpochs),
                },
            },
        };
        arguments.End();
        return options;
    }
}
