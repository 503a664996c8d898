namespace AdaptCluster.Grains.Planning;

/// <summary>Whether Adapt's prune steps reach T_target in the iterations there are (ADAPT, Algorithm 1).</summary>
/// <param name="StartTokens">Context tokens of both branches before the first prune step.</param>
/// <param name="TTarget">Context tokens that shall be left.</param>
/// <param name="PruneRate">Tokens removed by one prune step.</param>
/// <param name="PrunePeriod">Iterations between two prune steps.</param>
/// <param name="Iterations">Iterations after the warm-up epochs.</param>
internal sealed record PrunePlan(int StartTokens, int TTarget, int PruneRate, int PrunePeriod, long Iterations)
{
    /// <summary>Prune steps that reaching T_target takes.</summary>
    public int StepsNeeded => (StartTokens - TTarget + PruneRate - 1) / PruneRate;

    /// <summary>Prune steps that there is time for.</summary>
    public long StepsAvailable => Iterations / PrunePeriod;

    /// <summary>Whether T_target is reached.</summary>
    public bool Reaches => StepsNeeded <= StepsAvailable;

    /// <summary>The longest period that reaches T_target; 0 when none does.</summary>
    public int FittedPeriod => StepsNeeded == 0 ? PrunePeriod : (int)Math.Min(PrunePeriod, Iterations / StepsNeeded);

    /// <summary>The smallest T_target that this period reaches.</summary>
    public long SmallestReachable => Math.Max(1, StartTokens - StepsAvailable * PruneRate);
}
