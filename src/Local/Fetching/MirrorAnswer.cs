namespace AdaptCluster.Local.Fetching;

/// <summary>An answer with a file, or with a part of it.</summary>
/// <param name="Response">The answer itself, whose body is not read.</param>
/// <param name="Address">Where it came from, after all redirects.</param>
/// <param name="Said">What the mirror says of the file.</param>
internal sealed record MirrorAnswer(HttpResponseMessage Response, Uri Address, MirrorWord Said) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Response.Dispose();

    /// <summary>
    /// The validator by which the rest can be asked for; null for a weak one, which may not be used so (RFC 9110, 13.1.5).
    /// </summary>
    public string? Tag => Response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : null;

    /// <summary>Whether the body is packed, though the request forbids it.</summary>
    public bool IsEncoded => Response.Content.Headers.ContentEncoding.Any(encoding => encoding is not "identity");
}

/// <summary>What a mirror says of a file, by headers of its own beside those of HTTP.</summary>
/// <param name="Sha256">X-Linked-Etag, where it is a SHA-256, in lower-case hexadecimal.</param>
/// <param name="Bytes">X-Linked-Size.</param>
/// <param name="Revision">X-Repo-Commit.</param>
internal readonly record struct MirrorWord(string? Sha256, long? Bytes, string? Revision)
{
    /// <summary>Reads an answer's headers.</summary>
    public static MirrorWord Of(HttpResponseMessage response)
    {
        var tag = Header(response, "X-Linked-Etag")?.Trim('"');
        return new MirrorWord(
            tag is not null && FetchCatalogue.IsSha256(tag) ? tag.ToLowerInvariant() : null,
            long.TryParse(Header(response, "X-Linked-Size"), out var bytes) && bytes > 0 ? bytes : null,
            Header(response, "X-Repo-Commit"));
    }

    /// <summary>These words, and for what they leave open those of a later answer.</summary>
    public MirrorWord Or(MirrorWord later) => new(Sha256 ?? later.Sha256, Bytes ?? later.Bytes, Revision ?? later.Revision);

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First().Trim() : null;
}
