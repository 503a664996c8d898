namespace AdaptCluster.Contracts.Queue;

/// <summary>Bounds of what silos and clients send each other; every process of a cluster has the same.</summary>
public static class GrainMessages
{
    /// <summary>Most bytes of the body of one message.</summary>
    public const int MaxBytes = 128 << 20;

    /// <summary>Most bytes of one report; a larger one fails its job. What else a message holds has room beside it.</summary>
    public const long MaxReportBytes = 96 << 20;

    /// <summary>How long a caller waits for an answer before it repeats its call.</summary>
    public static TimeSpan ResponseTimeout { get; } = TimeSpan.FromSeconds(30);
}
