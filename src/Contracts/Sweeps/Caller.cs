namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// The caller of a grain call: the caller's name, route to the cluster and permissions. It is sent as call metadata, which older silos and
/// clients ignore. A silo trusts it only from its own web page, because nothing verifies what a client at the gateway sends.
/// </summary>
/// <param name="Way">The route by which the call reached the cluster.</param>
/// <param name="Name">The caller's name, such as "ada@lab-3"; null if unknown.</param>
/// <param name="IsReadOnly">Whether the caller has read-only access.</param>
public sealed record Caller(CallerWay Way, string? Name, bool IsReadOnly = false)
{
    private const string WayKey = "adaptcluster-way", AccessKey = "adaptcluster-access", CallKey = "adaptcluster-call", ReadOnly = "read";

    /// <summary>The caller of the current call.</summary>
    public static Caller Current => new(
        Enum.TryParse<CallerWay>(RequestContext.Get(WayKey) as string, out var way) && Enum.IsDefined(way) ? way : CallerWay.Unknown,
        CallerName.Current is { Length: > 0 } name ? PrintableText.OneLine(CallerName.Shorten(name)) : null,
        RequestContext.Get(AccessKey) is ReadOnly);

    /// <summary>The id that identifies the current call, and the calls that it causes, in logs; null if there is none.</summary>
    public static string? CallId => RequestContext.Get(CallKey) is string { Length: > 0 and <= 32 } id ? PrintableText.OneLine(id) : null;

    /// <summary>Sets this caller and a new call id for subsequent calls in this asynchronous flow.</summary>
    public void Apply()
    {
        Put(WayKey, Way.ToString());
        Put(AccessKey, IsReadOnly ? ReadOnly : null);
        Put(CallKey, Guid.NewGuid().ToString("N")[..16]);
        if (Name is null) CallerName.Clear();
        else CallerName.Set(Name);
    }

    /// <summary>
    /// Marks the current call as coming through the gateway, regardless of its metadata. Used for calls that do not come from a silo.
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

/// <summary>The route by which a call reaches the cluster. Values are part of the store.</summary>
public enum CallerWay
{
    /// <summary>The route is unknown, because clients of earlier versions do not send it.</summary>
    Unknown = 0,

    /// <summary>A client connected to the gateway. The client sends its user and machine names, which are not verified.</summary>
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
