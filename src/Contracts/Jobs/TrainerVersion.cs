namespace AdaptCluster.Contracts.Jobs;

/// <summary>The version of the trainer's numerics, which is part of a job's identity.</summary>
public static class TrainerVersion
{
    /// <summary>
    /// The current version. It is raised by every change to the trainer that can change a digit of a result, so that older results are not
    /// reused for new jobs.
    /// </summary>
    public const int Current = 5;

    /// <summary>The version of workers and plans of 0.1.0, which do not state one.</summary>
    public const int BeforeOffers = 3;

    /// <summary>Returns a version as received over the wire or read from the store, where 0 means that none was stated.</summary>
    public static int Of(int said) => said == 0 ? BeforeOffers : said;
}
