namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>When context tokens are scored, and when and how many are removed (ADAPT, Algorithm 1).</summary>
/// <param name="WarmupIterations">Iterations before scores are counted.</param>
/// <param name="Period">Iterations between two prune steps, n_k.</param>
/// <param name="Rate">Tokens that one prune step removes, r_p.</param>
/// <param name="Target">Tokens left at the end, T_target.</param>
/// <param name="LastIteration">The last iteration after which tokens may be removed.</param>
internal sealed record PruneSchedule(int WarmupIterations, int Period, int Rate, int Target, int LastIteration = int.MaxValue)
{
    /// <summary>Whether this iteration's scores are counted.</summary>
    /// <param name="iteration">From 1.</param>
    /// <param name="live">Live tokens of both branches.</param>
    internal bool Scores(int iteration, int live) => iteration > WarmupIterations && iteration <= LastIteration && live > Target;

    /// <summary>The number of tokens to remove after this iteration; 0 when it is not a prune step. The last step stops exactly at the
    /// target.</summary>
    /// <param name="iteration">From 1.</param>
    /// <param name="live">Live tokens of both branches.</param>
    internal int Removals(int iteration, int live) =>
        Scores(iteration, live) && (iteration - WarmupIterations) % Period == 0 ? Math.Min(Rate, live - Target) : 0;
}
