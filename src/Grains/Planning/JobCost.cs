using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Grains.Planning;

/// <summary>About how much a job computes. Good enough to tell minutes from days: times come from it by the measured speed of earlier jobs.</summary>
internal static class JobCost
{
    /// <summary>A step computes the towers forwards, and backwards to the prompts, which takes about twice as much.</summary>
    private const double PassesOfAStep = 3;

    /// <summary>Multiply-adds of one job.</summary>
    /// <param name="backbone">Its backbone.</param>
    /// <param name="facts">Its data set.</param>
    /// <param name="longest">The longest text of its classes; what follows it is not computed.</param>
    /// <param name="train">How it trains; null when it does not.</param>
    /// <param name="iterations">Its iterations.</param>
    public static double Of(BackboneFacts backbone, DatasetFacts facts, TextFacts longest, TrainSettings? train, int iterations)
    {
        var texts = facts.Classes * (double)backbone.TextMultiplyAdds * longest.Tokens / longest.Limit;
        var step = train is null ? 0 : PassesOfAStep * ((Math.Min(train.BatchSize, facts.TrainImages) * (double)backbone.ImageMultiplyAdds) + texts);
        return (iterations * step) + texts + ((facts.ValidationImages + (double)facts.TestImages) * backbone.ImageMultiplyAdds);
    }
}
