namespace AdaptCluster.Web;

/// <summary>The ways in which users can log in to the pages, as configured by the host.</summary>
/// <param name="Provider">The name of the OpenID Connect provider that can be used instead of the token; null if no provider is
/// configured.</param>
public sealed record LoginMethods(string? Provider)
{
    /// <summary>The path of the login page.</summary>
    public const string Path = "/login";

    /// <summary>The path that redirects to the provider.</summary>
    public const string ProviderPath = "/session/provider";

    /// <summary>The error code for a login with a token that is not valid for this cluster.</summary>
    public const string WrongToken = "token";

    /// <summary>The error code for a login in which the provider did not authenticate the user.</summary>
    public const string ProviderFailed = "provider";

    /// <summary>The error code for a login in which the provider authenticated a user who does not have access to this cluster.</summary>
    public const string NotAdmitted = "person";

    /// <summary>The error code for a login in which the provider did not mark the user's email address as verified.</summary>
    public const string NotVerified = "unverified";
}
