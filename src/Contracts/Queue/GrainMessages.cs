namespace AdaptCluster.Contracts.Queue;

/// <summary>Limits of the messages between silos and clients, the same in every process of a cluster.</summary>
public static class GrainMessages
{
    /// <summary>The maximum size of the body of one message, in bytes.</summary>
    public const int MaxBytes = 128 << 20;

    /// <summary>
    /// The maximum size of one report, in bytes; a larger report fails its job. The limit leaves room for the rest of the message.
    /// </summary>
    public const long MaxReportBytes = 96 << 20;

    /// <summary>How long a caller waits for an answer before it retries its call.</summary>
    public static TimeSpan ResponseTimeout { get; } = TimeSpan.FromSeconds(30);
}
