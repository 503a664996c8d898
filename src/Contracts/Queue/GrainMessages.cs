namespace AdaptCluster.Contracts.Queue;

/// <summary>Defines limits on messages between silos and clients. They are the same in every process of a cluster.</summary>
public static class GrainMessages
{
    /// <summary>The maximum size of the body of one message, in bytes.</summary>
    public const int MaxBytes = 128 << 20;

    /// <summary>
    /// The maximum size of one report, in bytes. A larger report fails the job. The limit leaves room for the rest of the message.
    /// </summary>
    public const long MaxReportBytes = 96 << 20;

    /// <summary>The time that a caller waits for a response before it retries the call.</summary>
    public static TimeSpan ResponseTimeout { get; } = TimeSpan.FromSeconds(30);
}
