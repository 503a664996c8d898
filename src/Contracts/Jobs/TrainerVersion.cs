namespace AdaptCluster.Contracts.Jobs;

/// <summary>The trainer's numerics as part of a job's identity.</summary>
public static class TrainerVersion
{
    /// <summary>
    /// Raised by every change to the trainer that can change a digit of a result, so that no older result answers a new job.
    /// </summary>
    public const int Current = 5;

    /// <summary>The version of workers and plans that do not say which they have: those of 0.1.0.</summary>
    public const int BeforeOffers = 3;

    /// <summary>A version as it came over the wire or out of the store, where 0 means that nothing was said.</summary>
    public static int Of(int said) => said == 0 ? BeforeOffers : said;
}
