namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// The name under which a client plans, such as "ada@lab-3", as it says itself: nobody checks it. It travels beside the call, so silos and
/// clients that do not know it ignore it.
/// </summary>
public static class CallerName
{
    private const string Key = "adaptcluster-caller";

    /// <summary>The name that the present call came with; null where it came with none.</summary>
    public static string? Current => RequestContext.Get(Key) as string;

    /// <summary>Gives the calls that follow, in this asynchronous flow, a name.</summary>
    public static void Set(string name) => RequestContext.Set(Key, Shorten(name));

    /// <summary>Leaves the calls that follow without a name.</summary>
    public static void Clear() => RequestContext.Remove(Key);

    /// <summary>A name as it may be sent and kept.</summary>
    public static string Shorten(string name) => name[..Math.Min(name.Length, SubmitOptions.LongestSubmitter)];
}
