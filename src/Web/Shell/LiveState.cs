namespace AdaptCluster.Web.Shell;

/// <summary>Whether the content of one browser window is current. A page and its parts record their reads separately.</summary>
internal sealed class LiveState
{
    private readonly Dictionary<object, string> _lost = [];

    /// <summary>Why some of the content may not be current; null if all of it is.</summary>
    public string? Lost => _lost.Values.FirstOrDefault();

    /// <summary>Raised when <c>Lost</c> changes.</summary>
    public event Action? Changed;

    /// <summary>Records the outcome of a part's last read.</summary>
    /// <param name="part">The part.</param>
    /// <param name="lost">Why the read failed; null if it succeeded, or if the part is gone.</param>
    public void Record(object part, string? lost)
    {
        var before = Lost;
        if (lost is null) _lost.Remove(part);
        else _lost[part] = lost;
        if (Lost != before) Changed?.Invoke();
    }
}
