using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>
/// Estimates the computation of a job. It is accurate enough to tell minutes from days; times follow from it through the measured speed of
/// earlier jobs.
/// </summary>
public static class JobCost
{
    /// <summary>Returns the approximate MACs of one job.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="work">What the job passes through the towers.</param>
    /// <param name="iterations">The number of its iterations.</param>
    public static double Of(MethodDescriptor method, JobWork work, int iterations) =>
        (iterations * method.StepCost(work)) + method.EvaluationCost(work) + (work.Evaluated * work.Image);
}
