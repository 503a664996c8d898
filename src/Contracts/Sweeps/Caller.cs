namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// Who makes a call, how it reached the cluster, and what the caller may do. It is sent beside the call's arguments, so that silos and
/// clients that do not know it ignore it. A silo trusts it only from its own web page: what a client at the gateway says about itself is
/// not verified.
/// </summary>
/// <param name="Way">How the call reached the cluster.</param>
/// <param name="Name">The caller's name, such as "ada@lab-3"; null if not known.</param>
/// <param name="IsReadOnly">Whether the caller may only read.</param>
public sealed record Caller(CallerWay Way, string? Name, bool IsReadOnly = false)
{
    private const string WayKey = "adaptcluster-way", AccessKey = "adaptcluster-access", CallKey = "adaptcluster-call", ReadOnly = "read";

    /// <summary>The caller of the current call.</summary>
    public static Caller Current => new(
        Enum.TryParse<CallerWay>(RequestContext.Get(WayKey) as string, out var way) && Enum.IsDefined(way) ? way : CallerWay.Unknown,
        CallerName.Current is { Length: > 0 } name ? PrintableText.OneLine(CallerName.Shorten(name)) : null,
        RequestContext.Get(AccessKey) is ReadOnly);

    /// <summary>An id that identifies the current call, and the calls it leads to, in logs; null if it has none.</summary>
    public static string? CallId => RequestContext.Get(CallKey) is string { Length: > 0 and <= 32 } id ? PrintableText.OneLine(id) : null;

    /// <summary>Sets this caller and a new call id for the following calls in this asynchronous flow.</summary>
    public void Apply()
    {
        Put(WayKey, Way.ToString());
        Put(AccessKey, IsReadOnly ? ReadOnly : null);
        Put(CallKey, Guid.NewGuid().ToString("N")[..16]);
        if (Name is null) CallerName.Clear();
        else CallerName.Set(Name);
    }

    /// <summary>
    /// Marks the current call as one through the gateway, whatever it says about itself. Used for calls that no silo makes.
    /// </summary>
    public static void Distrust()
    {
        if (RequestContext.Get(WayKey) is not null) Put(WayKey, nameof(CallerWay.Gateway));
    }

    private static void Put(string key, string? value)
    {
        if (value is null) RequestContext.Remove(key);
        else RequestContext.Set(key, value);
    }
}

/// <summary>How a call can reach the cluster. Values are part of the store.</summary>
public enum CallerWay
{
    /// <summary>Not stated: a client of an earlier version.</summary>
    Unknown = 0,

    /// <summary>A client at the gateway; user and machine are as the client states them.</summary>
    Gateway = 1,

    /// <summary>A command that runs a silo in its own process.</summary>
    Embedded = 2,

    /// <summary>A web page that requires no login.</summary>
    Page = 3,

    /// <summary>A browser that has logged in with a token.</summary>
    Cookie = 4,

    /// <summary>A program, or a proxy in front of the page, that sends a token with each request.</summary>
    Token = 5,

    /// <summary>A person who logged in to the page through an OpenID Connect provider.</summary>
    Oidc = 6,

    /// <summary>A silo that deletes data according to its retention settings.</summary>
    Retention = 7,
}
