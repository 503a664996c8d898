namespace AdaptCluster.Web;

/// <summary>How one logs in to the pages; the host says so.</summary>
/// <param name="Provider">The name of a provider of OpenID Connect beside the token; null where there is none.</param>
public sealed record LoginWays(string? Provider)
{
    /// <summary>Where one logs in.</summary>
    public const string Path = "/login";

    /// <summary>What leads to the provider.</summary>
    public const string ProviderPath = "/session/provider";

    /// <summary>Why somebody was not let in: another token than this cluster's.</summary>
    public const string WrongToken = "token";

    /// <summary>Why somebody was not let in: the provider did not say who it is.</summary>
    public const string ProviderFailed = "provider";

    /// <summary>Why somebody was not let in: the provider knows them, and they may not use this cluster.</summary>
    public const string NotAdmitted = "person";

    /// <summary>Why somebody was not let in: the provider does not say that their address is verified.</summary>
    public const string NotVerified = "unverified";
}
