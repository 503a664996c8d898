namespace AdaptCluster.Web;

/// <summary>The ways in which users can log in to the pages, as configured by the host.</summary>
/// <param name="Provider">The name of an OpenID Connect provider in addition to the token; null if there is none.</param>
public sealed record LoginMethods(string? Provider)
{
    /// <summary>The path of the login page.</summary>
    public const string Path = "/login";

    /// <summary>The path that redirects to the provider.</summary>
    public const string ProviderPath = "/session/provider";

    /// <summary>Login failed: the token is not valid for this cluster.</summary>
    public const string WrongToken = "token";

    /// <summary>Login failed: the provider did not authenticate the user.</summary>
    public const string ProviderFailed = "provider";

    /// <summary>Login failed: the provider authenticated the user, but the user does not have access to this cluster.</summary>
    public const string NotAdmitted = "person";

    /// <summary>Login failed: the provider does not mark the user's email address as verified.</summary>
    public const string NotVerified = "unverified";
}
