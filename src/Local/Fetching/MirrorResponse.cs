namespace AdaptCluster.Local.Fetching;

/// <summary>A response that contains a file or a part of it.</summary>
/// <param name="Response">The HTTP response, whose body has not been read.</param>
/// <param name="Address">The final URL after redirects.</param>
/// <param name="Metadata">The file's metadata, as stated by the mirror.</param>
internal sealed record MirrorResponse(HttpResponseMessage Response, Uri Address, MirrorMetadata Metadata) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Response.Dispose();

    /// <summary>
    /// The validator for requesting the remainder; null for a weak validator, which must not be used for this (RFC 9110, 13.1.5).
    /// </summary>
    public string? Tag => Response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : null;

    /// <summary>Whether the body is compressed although the request forbids it.</summary>
    public bool IsEncoded => Response.Content.Headers.ContentEncoding.Any(encoding => encoding is not "identity");
}

/// <summary>The metadata of a file that a mirror sends in non-standard HTTP headers.</summary>
/// <param name="Sha256">The value of X-Linked-Etag in lower-case hexadecimal; null if it is not a SHA-256.</param>
/// <param name="Bytes">The value of X-Linked-Size; null if it is missing or invalid.</param>
/// <param name="Revision">The value of X-Repo-Commit; null if it is missing.</param>
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

    /// <summary>Returns a copy in which missing values are filled from a later response.</summary>
    public MirrorMetadata Or(MirrorMetadata later) => new(Sha256 ?? later.Sha256, Bytes ?? later.Bytes, Revision ?? later.Revision);

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First().Trim() : null;
}
