namespace AdaptCluster.Local.Fetching;

/// <summary>Thrown when a transfer has failed but may succeed when it is retried.</summary>
/// <param name="message">The failure, as a phrase.</param>
/// <param name="inner">The underlying error, if any.</param>
internal sealed class TransferException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The delay that the mirror requests; null if it requests none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the received bytes do not belong to the mirror's current file.</summary>
    public bool MustRestart { get; init; }
}

/// <summary>The retry options for transfers.</summary>
internal sealed record TransferOptions
{
    /// <summary>
    /// The number of consecutive failures, without <see cref="Progress"/> in between, that a transfer tolerates. Default: 8.
    /// </summary>
    public int Retries { get; init; } = 8;

    /// <summary>The number of bytes received after which the failure count is reset. Default: 1 MiB.</summary>
    public long Progress { get; init; } = 1 << 20;

    /// <summary>The delay after the first failure; it doubles after each subsequent failure. Default: one second.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The maximum delay. Default: one minute.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The maximum delay that a mirror may request with Retry-After. Default: ten minutes.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The maximum time without data from a mirror. Default: one minute.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Returns the delay after a number of consecutive failures.</summary>
    public TimeSpan Pause(int failures)
    {
        var doubled = FirstPause * Math.Pow(2, Math.Min(failures - 1, 30));
        return doubled < LongestPause ? doubled : LongestPause;
    }
}
