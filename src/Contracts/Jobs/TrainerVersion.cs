namespace AdaptCluster.Contracts.Jobs;

/// <summary>The version of the trainer's numerics, which is part of a job's identity.</summary>
public static class TrainerVersion
{
    /// <summary>
    /// The current version. Every change to the trainer that can change a digit of a result increments it, so that older results are not
    /// reused for new jobs.
    /// </summary>
    public const int Current = 5;

    /// <summary>The trainer version assumed for workers and plans from version 0.1.0, which do not state one.</summary>
    public const int BeforeOffers = 3;

    /// <summary>
    /// Returns the trainer version for a number received over the wire or read from the store, where 0 means that no version was stated.
    /// </summary>
    public static int Of(int said) => said == 0 ? BeforeOffers : said;
}
