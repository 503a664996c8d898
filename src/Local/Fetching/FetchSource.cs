using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>The source of archives: a mirror from the catalogue, or a URL prefix.</summary>
/// <param name="Base">The URL of a file, with the placeholder <c>{file}</c>.</param>
/// <param name="Revision">The commit that responses must be from; null for any.</param>
/// <param name="Licence">The licence, if it is known.</param>
internal sealed record FetchSource(string Base, string? Revision, string? Licence)
{
    /// <summary>
    /// The environment variable that replaces the endpoint of a named mirror; it takes precedence over <see cref="CommonVariable"/>.
    /// </summary>
    public const string Variable = "ADAPTCLUSTER_MIRROR";

    /// <summary>The environment variable that the mirror's own tools use to replace the endpoint.</summary>
    public const string CommonVariable = "HF_ENDPOINT";

    private const string FileMark = "{file}";

    /// <summary>Returns the URL of a file.</summary>
    public Uri Of(FetchSet set) => new(Base.Replace(FileMark, set.File, StringComparison.Ordinal));

    /// <summary>Finds the source for an option value.</summary>
    /// <param name="from">A URL or the name of a mirror; null for the catalogue's first mirror.</param>
    /// <param name="catalogue">The mirrors.</param>
    /// <param name="environment">A function that reads an environment variable.</param>
    /// <exception cref="InvalidInputException">
    /// The value is neither a URL nor the name of a mirror; the message lists the names.
    /// </exception>
    public static FetchSource Find(string? from, FetchCatalogue catalogue, Func<string, string?> environment)
    {
        if (from is not null && from.Contains("://", StringComparison.Ordinal))
            return new FetchSource($"{Address(from, "--from")}/{FileMark}", null, null);
        var mirror = catalogue.Mirrors.FirstOrDefault(known => from is null || known.Name == from)
            ?? throw new InvalidInputException(
                from is null ? "--from: the catalogue contains no mirrors; write the URL of a folder with the archives."
                : $"--from: found '{from}'; write a URL (https://…), or a mirror's name: "
                    + $"{string.Join(", ", catalogue.Mirrors.Select(known => known.Name).DefaultIfEmpty("the catalogue has none"))}.");
        var variable = Array.Find([Variable, CommonVariable], name => environment(name) is { Length: > 0 });
        var endpoint = variable is null ? Address(mirror.Endpoint, "--from") : Address(environment(variable)!, variable);
        return new FetchSource(
            $"{endpoint}/{mirror.Path.Replace("{revision}", mirror.Revision, StringComparison.Ordinal)}", mirror.Revision, mirror.Licence);
    }

    /// <summary>Returns a URL without a trailing slash.</summary>
    /// <exception cref="InvalidInputException">
    /// The string is not an http or https URL, or contains user info, a query or a fragment.
    /// </exception>
    public static string Address(string text, string place)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new InvalidInputException($"{place}: found '{text}'; write a URL that begins with https:// or http://.");
        if (uri.UserInfo.Length > 0)
            throw new InvalidInputException($"{place}: the URL contains a user name or password, which messages would show; leave it out.");
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            throw new InvalidInputException($"{place}: found '{text}'; write the URL of a folder, without '?' and '#'.");
        return uri.AbsoluteUri.TrimEnd('/');
    }
}
