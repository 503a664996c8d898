using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Jobs;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>Jobs of two epochs on tiny-clip, for tests of what can be done with what they trained.</summary>
internal static class ShortTraining
{
    /// <summary>The snapshot.</summary>
    internal static string Folder { get; } = Repository.At("models", "tiny-clip");

    /// <summary>Loads the backbone; whoever asked for it disposes its model.</summary>
    internal static LoadedBackbone Backbone()
    {
        torch.set_num_threads(1);
        return BackboneFamilies.BuiltIn.Of(Folder).Load(Folder, torch.CPU);
    }

    /// <summary>Runs a job.</summary>
    /// <param name="clip">The backbone.</param>
    /// <param name="data">Images and classes.</param>
    /// <param name="method">What is trained.</param>
    /// <param name="precision">The arithmetic.</param>
    internal static (JobDefinition Job, JobResult Result) Run(
        LoadedBackbone clip, FewShotData data, string method, Precision precision = Precision.Float32)
    {
        var train = new TrainSettings
        {
            Epochs = 2,
            LearningRate = 0.002,
            LearningRateWarmupEpochs = 0,
            Augmentation = Augmentation.None,
            Precision = precision,
            Adapt = new() { MaxContextLength = 4, PromptDepth = 3, PruneWarmupEpochs = 0, PrunePeriod = 2 },
            CoOp = new() { ContextLength = 4 },
            CoCoOp = new(),
            Vpt = new() { Tokens = 2 },
            Plot = new() { Prompts = 2, ContextLength = 4 },
            Maple = new(),
            ProGrad = new() { ContextLength = 4 },
            KgCoOp = new(),
            Lamm = new(),
        };
        var job = new JobDefinition
        {
            Method = method,
            Backbone = "tiny-clip",
            Dataset = new() { Name = "tiny-kinds", Format = "drawn" },
            Shots = 4,
            Seed = 1,
            Scorer = method == MethodNames.Adapt ? Scorer.Snip : null,
            TTarget = method == MethodNames.Adapt ? 10 : null,
            Train = method == MethodNames.ZeroShot ? null : KnownMethods.All.Only(method, train),
        };
        using var runner = new JobRunner(clip.Model, clip.Tokenizer, clip.Preprocessor, _ => data);
        return (job, runner.Run(job, null, _ => { }, CancellationToken.None));
    }
}
