using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Bench.Tiny;

/// <summary>Accuracies on one data set with one seed's draw, in percent.</summary>
internal sealed record SetMeasurement
{
    public required double ZeroShot { get; init; }
    public required double Probe { get; init; }

    /// <summary>Validation and test accuracy, wall time and live context tokens of the image branch of each T_target.</summary>
    public required IReadOnlyList<(double Validation, double Test, TimeSpan Duration, int ImageTokens)> Tuned { get; init; }

    public static SetMeasurement Run(ClipModel model, ITokenizer tokenizer, string set, int seed, BenchOptions options)
    {
        torch.set_num_threads(1);
        var data = DrawnDatasets.Find(set)!.Load(options.Shots, seed, template: null);
        var preprocessor = new ClipPreprocessor(model.Config.ImageSize);
        using var runner = new JobRunner(model, tokenizer, data, preprocessor);
        var zeroShot = runner.Run(Job(set, seed, options) with { Method = MethodNames.ZeroShot, Train = null }, null, _ => { }, CancellationToken.None);
        var tuned = options.Targets.Select(target =>
        {
            var result = runner.Run(Job(set, seed, options) with { Scorer = options.Scorer, TTarget = target }, null, _ => { }, CancellationToken.None);
            return (Percent(result.ValidationCorrect, result.ValidationTotal), Percent(result.TestCorrect, result.TestTotal), result.Duration, result.ImageContextTokens);
        });
        return new()
        {
            ZeroShot = Percent(zeroShot.TestCorrect, zeroShot.TestTotal),
            Probe = LinearProbe.Accuracy(model, preprocessor, data),
            Tuned = [.. tuned],
        };
    }

    private static JobDefinition Job(string set, int seed, BenchOptions options) => new()
    {
        Method = MethodNames.Adapt,
        Backbone = "tiny-clip",
        Dataset = new DatasetSource { Name = set, Format = "drawn" },
        Shots = options.Shots,
        Seed = seed,
        Train = options.Train,
    };

    private static double Percent(int correct, int total) => 100.0 * correct / total;
}
