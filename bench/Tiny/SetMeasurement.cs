using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Bench.Tiny;

/// <summary>Accuracies on one data set with one seed's draw, in percent.</summary>
internal sealed record SetMeasurement
{
    public required double ZeroShot { get; init; }
    public required double Probe { get; init; }

    /// <summary>One for each T_target.</summary>
    public required IReadOnlyList<TunedRun> Tuned { get; init; }

    public static SetMeasurement Run(ClipModel model, ITokenizer tokenizer, string set, int seed, BenchOptions options)
    {
        var data = DrawnDatasets.Find(set)!.Load(options.Shots, seed, template: null);
        var preprocessor = new ClipPreprocessor(model.Config.ImageSize);
        using var runner = new JobRunner(model, tokenizer, preprocessor, _ => data);
        var job = Job(set, seed, options);
        var zeroShot = runner.Run(job with { Method = MethodNames.ZeroShot, Train = null }, null, _ => { }, CancellationToken.None);
        var tuned = new List<TunedRun>();
        foreach (var target in options.Targets)
        {
            var result = runner.Run(job with { Scorer = options.Scorer, TTarget = target }, null, _ => { }, CancellationToken.None);
            var validation = Percent(result.ValidationCorrect, result.ValidationTotal);
            tuned.Add(new(validation, Percent(result.TestCorrect, result.TestTotal), result.Duration));
        }
        return new()
        {
            ZeroShot = Percent(zeroShot.TestCorrect, zeroShot.TestTotal),
            Probe = LinearProbe.Accuracy(model, preprocessor, data),
            Tuned = tuned,
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

/// <summary>One Adapt job.</summary>
/// <param name="Validation">Accuracy in percent.</param>
/// <param name="Test">Accuracy in percent.</param>
/// <param name="Duration">Wall-clock time.</param>
internal sealed record TunedRun(double Validation, double Test, TimeSpan Duration);
