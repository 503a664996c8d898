namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>When context tokens are scored and how many go when (ADAPT, Algorithm 1).</summary>
/// <param name="WarmupIterations">Iterations before scores count.</param>
/// <param name="Period">Iterations between two prune steps, n_k.</param>
/// <param name="Rate">Tokens that one prune step removes, r_p.</param>
/// <param name="Target">Tokens that are left at the end, T_target.</param>
/// <param name="LastIteration">The iteration after which no token goes any more.</param>
internal sealed record PruneSchedule(int WarmupIterations, int Period, int Rate, int Target, int LastIteration = int.MaxValue)
{
    /// <summary>Whether this iteration's scores count.</summary>
    /// <param name="iteration">From 1.</param>
    /// <param name="live">Live tokens of both branches.</param>
    internal bool Scores(int iteration, int live) => iteration > WarmupIterations && iteration <= LastIteration && live > Target;

    /// <summary>Tokens to remove after this iteration; 0 when it is no prune step. The last step stops at the target exactly.</summary>
    /// <param name="iteration">From 1.</param>
    /// <param name="live">Live tokens of both branches.</param>
    internal int Removals(int iteration, int live) =>
        Scores(iteration, live) && (iteration - WarmupIterations) % Period == 0 ? Math.Min(Rate, live - Target) : 0;
}
