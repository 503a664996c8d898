using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Tests.Jobs;

namespace AdaptCluster.Training.Tests.Methods;

/// <summary>A job of each method that trains, on the noise and the small model of <see cref="NoiseJob"/>.</summary>
internal static class SmallJobs
{
    /// <summary>The methods that train.</summary>
    internal static IEnumerable<string> Methods => KnownMethods.Trained;

    /// <summary>The job of a method; contexts are short enough for the small model.</summary>
    internal static JobDefinition Of(string method) => method == MethodNames.Adapt
        ? NoiseJob.Definition
        : NoiseJob.Definition with
        {
            Method = method,
            Scorer = null,
            TTarget = null,
            Train = KnownMethods.All.Only(method, NoiseJob.Definition.Train! with
            {
                CoOp = new() { ContextLength = 3 },
                CoCoOp = new(),
                Vpt = new() { Tokens = 2 },
                Plot = new() { Prompts = 2, ContextLength = 3, AddPooled = true },
                Maple = new(),
                ProGrad = new() { ContextLength = 5, Lambda = 1 },
                KgCoOp = new() { TeacherTemplate = "a big {}." },
                Lamm = new(),
            }),
        };
}
