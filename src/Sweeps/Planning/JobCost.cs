using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>
/// About how much a job computes. Good enough to tell minutes from days: times come from it by the measured speed of earlier jobs.
/// </summary>
public static class JobCost
{
    /// <summary>Multiply-adds of one job.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="work">What it passes through the towers.</param>
    /// <param name="iterations">Its iterations.</param>
    public static double Of(MethodDescriptor method, JobWork work, int iterations) =>
        (iterations * method.StepCost(work)) + method.EvaluationCost(work) + (work.Evaluated * work.Image);
}
