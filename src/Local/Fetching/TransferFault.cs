namespace AdaptCluster.Local.Fetching;

/// <summary>A transfer that failed and may succeed when it is repeated.</summary>
/// <param name="message">What happened, no sentence.</param>
/// <param name="inner">The error underneath, if any.</param>
internal sealed class TransferFault(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How long the mirror asks to wait; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the bytes that are there do not belong to what the mirror has now.</summary>
    public bool MustRestart { get; init; }
}

/// <summary>When a transfer is repeated and when it is given up.</summary>
internal sealed record TransferOptions
{
    /// <summary>Failures in a row, without <see cref="Progress"/> between them, after which it is given up. Default: 8.</summary>
    public int Retries { get; init; } = 8;

    /// <summary>Bytes after which a failure counts as the first one again. Default: 1 MiB.</summary>
    public long Progress { get; init; } = 1 << 20;

    /// <summary>The pause after the first failure; each further one is twice as long. Default: one second.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause. Default: one minute.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause that a mirror may ask for by Retry-After. Default: ten minutes.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a mirror may send nothing. Default: one minute.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The pause after some failures in a row.</summary>
    public TimeSpan Pause(int failures)
    {
        var doubled = FirstPause * Math.Pow(2, Math.Min(failures - 1, 30));
        return doubled < LongestPause ? doubled : LongestPause;
    }
}
