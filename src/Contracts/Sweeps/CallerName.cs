namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// The name that a client gives itself, such as "ada@lab-3". It is not verified. It is sent as call metadata, which older silos and clients
/// ignore.
/// </summary>
public static class CallerName
{
    private const string Key = "adaptcluster-caller";

    /// <summary>The name sent with the current call; null if there is none.</summary>
    public static string? Current => RequestContext.Get(Key) as string;

    /// <summary>Sets the name for subsequent calls in this asynchronous flow.</summary>
    public static void Set(string name) => RequestContext.Set(Key, Shorten(name));

    /// <summary>Removes the name from subsequent calls.</summary>
    public static void Clear() => RequestContext.Remove(Key);

    /// <summary>Truncates a name to the maximum length that is sent and stored.</summary>
    public static string Shorten(string name) => name[..Math.Min(name.Length, SubmitOptions.LongestSubmitter)];
}
