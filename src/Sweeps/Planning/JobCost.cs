using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>
/// About how much a job computes. Good enough to tell minutes from days: times come from it by the measured speed of earlier jobs.
/// </summary>
public static class JobCost
{
    /// <summary>
    /// A tower that something trained reaches is computed forwards, and backwards to it, which takes about twice as much.
    /// </summary>
    private const double Trained = 3;

    /// <summary>Multiply-adds of one job.</summary>
    /// <param name="backbone">Its backbone.</param>
    /// <param name="facts">Its data set.</param>
    /// <param name="longest">The longest text of its classes; what follows it is not computed.</param>
    /// <param name="method">Its method.</param>
    /// <param name="train">How it trains; null when it does not.</param>
    /// <param name="iterations">Its iterations.</param>
    public static double Of(BackboneFacts backbone, DatasetFacts facts, TextFacts longest, string method,
        TrainSettings? train, int iterations)
    {
        var texts = facts.Classes * (double)backbone.TextMultiplyAdds * longest.Tokens / longest.Limit;
        var evaluated = facts.ValidationImages + (double)facts.TestImages;
        var batch = train is null ? 0 : Math.Min(train.BatchSize, facts.TrainImages);
        var image = (double)backbone.ImageMultiplyAdds;
        var step = method switch
        {
            MethodNames.ZeroShot => 0,
            MethodNames.Vpt => Trained * batch * image,
            MethodNames.Adapt or MethodNames.Maple => Trained * ((batch * image) + texts),
            // Each image has texts of its own, in the evaluation as well.
            MethodNames.CoCoOp => batch * (image + (Trained * texts)),
            MethodNames.Plot => (batch * image) + (Trained * Prompts(train) * texts),
            _ => (batch * image) + (Trained * texts),
        };
        var evaluation = method switch { MethodNames.CoCoOp => evaluated * texts, MethodNames.Plot => Prompts(train) * texts, _ => texts };
        return (iterations * step) + evaluation + (evaluated * image);
    }

    private static int Prompts(TrainSettings? train) => (train?.Plot ?? new()).Prompts;
}
