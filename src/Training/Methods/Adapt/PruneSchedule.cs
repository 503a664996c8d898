namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>The schedule for scoring and removing context tokens (ADAPT, Algorithm 1).</summary>
/// <param name="WarmupIterations">The number of iterations before scores are accumulated.</param>
/// <param name="Period">The number of iterations between two prune steps, n_k.</param>
/// <param name="Rate">The number of tokens that one prune step removes, r_p.</param>
/// <param name="Target">The number of tokens left at the end, T_target.</param>
/// <param name="LastIteration">The last iteration after which tokens can be removed.</param>
internal sealed record PruneSchedule(int WarmupIterations, int Period, int Rate, int Target, int LastIteration = int.MaxValue)
{
    /// <summary>Whether scores are accumulated in this iteration.</summary>
    /// <param name="iteration">The iteration, counted from 1.</param>
    /// <param name="live">The number of live tokens in both branches.</param>
    internal bool Scores(int iteration, int live) => iteration > WarmupIterations && iteration <= LastIteration && live > Target;

    /// <summary>
    /// Returns the number of tokens to remove after this iteration; 0 if the iteration is not a prune step. The last prune step removes
    /// only as many tokens as needed to reach the target.
    /// </summary>
    /// <param name="iteration">The iteration, counted from 1.</param>
    /// <param name="live">The number of live tokens in both branches.</param>
    internal int Removals(int iteration, int live) =>
        Scores(iteration, live) && (iteration - WarmupIterations) % Period == 0 ? Math.Min(Rate, live - Target) : 0;
}
