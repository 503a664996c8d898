namespace AdaptCluster.Web.Shell;

/// <summary>Whether what one browser window shows is that of now.</summary>
internal sealed class LiveState
{
    /// <summary>Why it may not be; null where it is.</summary>
    public string? Lost { get; private set; }

    /// <summary>Called when that changes.</summary>
    public event Action? Changed;

    /// <summary>Notes what the last reading gave.</summary>
    public void Note(string? lost)
    {
        if (lost == Lost) return;
        Lost = lost;
        Changed?.Invoke();
    }
}
