namespace AdaptCluster.Local.Fetching;

/// <summary>A response with a file or a part of it.</summary>
/// <param name="Response">The HTTP response, whose body has not been read.</param>
/// <param name="Address">The final URL after redirects.</param>
/// <param name="Metadata">What the mirror states about the file.</param>
internal sealed record MirrorResponse(HttpResponseMessage Response, Uri Address, MirrorMetadata Metadata) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Response.Dispose();

    /// <summary>
    /// The validator for requesting the remainder; null for a weak one, which may not be used for this (RFC 9110, 13.1.5).
    /// </summary>
    public string? Tag => Response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : null;

    /// <summary>Whether the body is compressed although the request forbids it.</summary>
    public bool IsEncoded => Response.Content.Headers.ContentEncoding.Any(encoding => encoding is not "identity");
}

/// <summary>What a mirror states about a file in its own headers, beside those of HTTP.</summary>
/// <param name="Sha256">X-Linked-Etag, if it is a SHA-256, in lower-case hexadecimal.</param>
/// <param name="Bytes">X-Linked-Size.</param>
/// <param name="Revision">X-Repo-Commit.</param>
internal readonly record struct MirrorMetadata(string? Sha256, long? Bytes, string? Revision)
{
    /// <summary>Reads the headers of a response.</summary>
    public static MirrorMetadata Of(HttpResponseMessage response)
    {
        var tag = Header(response, "X-Linked-Etag")?.Trim('"');
        return new MirrorMetadata(
            tag is not null && FetchCatalogue.IsSha256(tag) ? tag.ToLowerInvariant() : null,
            long.TryParse(Header(response, "X-Linked-Size"), out var bytes) && bytes > 0 ? bytes : null,
            Header(response, "X-Repo-Commit"));
    }

    /// <summary>Fills missing values from a later response.</summary>
    public MirrorMetadata Or(MirrorMetadata later) => new(Sha256 ?? later.Sha256, Bytes ?? later.Bytes, Revision ?? later.Revision);

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First().Trim() : null;
}
