namespace AdaptCluster.Web.Shell;

/// <summary>Whether the content of one browser window is current.</summary>
internal sealed class LiveState
{
    /// <summary>Why it may not be current; null if it is.</summary>
    public string? Lost { get; private set; }

    /// <summary>Raised when <c>Lost</c> changes.</summary>
    public event Action? Changed;

    /// <summary>Records the outcome of the last read.</summary>
    public void Record(string? lost)
    {
        if (lost == Lost) return;
        Lost = lost;
        Changed?.Invoke();
    }
}
