using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>
/// Estimates the computation that a job needs. The estimate is accurate enough to tell minutes from days. It is converted into time using
/// the measured speed of earlier jobs.
/// </summary>
public static class JobCost
{
    /// <summary>Returns the approximate number of MACs for one job.</summary>
    /// <param name="method">The job's method.</param>
    /// <param name="work">The inputs that the job passes through the towers.</param>
    /// <param name="iterations">The number of iterations that the job runs.</param>
    public static double Of(MethodDescriptor method, JobWork work, int iterations) =>
        (iterations * method.StepCost(work)) + method.EvaluationCost(work) + (work.Evaluated * work.Image);
}
