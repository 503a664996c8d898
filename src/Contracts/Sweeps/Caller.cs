namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// Who makes a call, by which way, and what they may do. It travels beside the call, so silos and clients that do not know it ignore it.
/// A silo believes it of its own pages only: what a client at the gateway says of itself nobody checks.
/// </summary>
/// <param name="Way">By which way.</param>
/// <param name="Name">What they are called, such as "ada@lab-3"; null where nobody knows.</param>
/// <param name="IsReadOnly">Whether they may read only.</param>
public sealed record Caller(CallerWay Way, string? Name, bool IsReadOnly = false)
{
    private const string WayKey = "adaptcluster-way", AccessKey = "adaptcluster-access", CallKey = "adaptcluster-call", ReadOnly = "read";

    /// <summary>Who made the present call.</summary>
    public static Caller Current => new(
        Enum.TryParse<CallerWay>(RequestContext.Get(WayKey) as string, out var way) && Enum.IsDefined(way) ? way : CallerWay.Unknown,
        CallerName.Current is { Length: > 0 } name ? PrintableText.OneLine(CallerName.Shorten(name)) : null,
        RequestContext.Get(AccessKey) is ReadOnly);

    /// <summary>Tells the present call, and what it leads to, from others in logs; null where it has no such id.</summary>
    public static string? CallId => RequestContext.Get(CallKey) is string { Length: > 0 and <= 32 } id ? PrintableText.OneLine(id) : null;

    /// <summary>Gives the calls that follow, in this asynchronous flow, this caller and an id.</summary>
    public void Apply()
    {
        Put(WayKey, Way.ToString());
        Put(AccessKey, IsReadOnly ? ReadOnly : null);
        Put(CallKey, Guid.NewGuid().ToString("N")[..16]);
        if (Name is null) CallerName.Clear();
        else CallerName.Set(Name);
    }

    /// <summary>Makes the present call one by the gateway, whatever it says: for a call that came from outside of the silos.</summary>
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

/// <summary>The ways by which somebody makes a call. Values are part of the store.</summary>
public enum CallerWay
{
    /// <summary>A client of an earlier version, which does not say.</summary>
    Unknown = 0,

    /// <summary>A client at the gateway, with the user and the machine as it says them itself.</summary>
    Gateway = 1,

    /// <summary>A command that runs its silo in its own process.</summary>
    Embedded = 2,

    /// <summary>A page that asks nobody to log in.</summary>
    Page = 3,

    /// <summary>A browser that has shown a token once.</summary>
    Cookie = 4,

    /// <summary>A program, or a proxy before a page, that shows a token with each request.</summary>
    Token = 5,

    /// <summary>A person who came to a page from a provider of OpenID Connect.</summary>
    Oidc = 6,

    /// <summary>A silo that deletes what its settings say.</summary>
    Retention = 7,
}
