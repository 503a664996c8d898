namespace AdaptCluster.Web;

/// <summary>How users log in to the pages, as configured by the host.</summary>
/// <param name="Provider">The name of an OpenID Connect provider in addition to the token; null if there is none.</param>
public sealed record LoginMethods(string? Provider)
{
    /// <summary>The path of the login page.</summary>
    public const string Path = "/login";

    /// <summary>The path that redirects to the provider.</summary>
    public const string ProviderPath = "/session/provider";

    /// <summary>Login failed: the token is not one of this cluster's.</summary>
    public const string WrongToken = "token";

    /// <summary>Login failed: the provider did not authenticate the user.</summary>
    public const string ProviderFailed = "provider";

    /// <summary>Login failed: the provider authenticated the user, who may not use this cluster.</summary>
    public const string NotAdmitted = "person";

    /// <summary>Login failed: the provider does not mark the user's address as verified.</summary>
    public const string NotVerified = "unverified";
}
