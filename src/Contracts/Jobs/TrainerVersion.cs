namespace AdaptCluster.Contracts.Jobs;

/// <summary>The trainer's numerics as part of a job's identity.</summary>
public static class TrainerVersion
{
    /// <summary>Raised by every change to the trainer that can change a digit of a result, so that no older result answers a new job.</summary>
    public const int Current = 3;
}
