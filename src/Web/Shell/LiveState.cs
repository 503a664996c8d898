namespace AdaptCluster.Web.Shell;

/// <summary>Tracks whether the content in a browser window is current. A page and its parts record their reads separately.</summary>
internal sealed class LiveState
{
    private readonly Dictionary<object, string> _lost = [];

    /// <summary>The reason why some of the content may be out of date; null if all content is current.</summary>
    public string? Lost => _lost.Values.FirstOrDefault();

    /// <summary>Raised when <c>Lost</c> changes.</summary>
    public event Action? Changed;

    /// <summary>Records the outcome of the last read by a part of the page.</summary>
    /// <param name="part">The part.</param>
    /// <param name="lost">The error message; null if the read succeeded or the part has been removed.</param>
    public void Record(object part, string? lost)
    {
        var before = Lost;
        if (lost is null) _lost.Remove(part);
        else _lost[part] = lost;
        if (Lost != before) Changed?.Invoke();
    }
}
