using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>
/// Sends requests to mirrors. No other code in the commands connects to hosts that the settings do not name; a test enforces this. Proxies
/// are taken from HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, as .NET reads them.
/// </summary>
internal sealed class MirrorClient : IDisposable
{
    /// <summary>The maximum number of redirects to follow.</summary>
    public const int MostRedirects = 10;

    private readonly HttpClient _http;
    private readonly TimeSpan _silence;

    /// <summary>Initializes a client without opening a connection.</summary>
    /// <param name="silence">The maximum time that a host may take to respond.</param>
    public MirrorClient(TimeSpan silence)
    {
        _silence = silence;
        // Redirects are followed by this class, since their headers matter. Bytes are kept as they were hashed, never decompressed.
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = silence,
            UseCookies = false,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Requests a file, following redirects, and returns once the headers of the response with the file have arrived.</summary>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="file">The file's URL.</param>
    /// <param name="prepare">A callback that adds headers to each request.</param>
    /// <param name="cancellation">A token that cancels the request.</param>
    /// <exception cref="TransferException">The mirror does not respond, or reports a temporary failure.</exception>
    /// <exception cref="AdaptClusterException">The mirror refuses the request, or redirects to an unsafe URL.</exception>
    public async Task<MirrorResponse> AskAsync(
        HttpMethod method, Uri file, Action<HttpRequestHeaders> prepare, CancellationToken cancellation)
    {
        var (address, said) = (file, default(MirrorMetadata));
        for (var redirects = 0; ; redirects++)
        {
            var response = await SendAsync(method, address, prepare, cancellation);
            // Only the mirror itself is trusted to state the size and hash of its file, not a storage host that it redirects to.
            if (address.Authority == file.Authority) said = said.Or(MirrorMetadata.Of(response));
            if (Target(response, address) is not { } target)
            {
                if (Refusal(response, address) is not { } refusal) return new MirrorResponse(response, address, said);
                response.Dispose();
                throw refusal;
            }
            response.Dispose();
            if (redirects == MostRedirects)
            {
                throw new AdaptClusterException(
                    $"{file}: redirects more than {MostRedirects} times; is it the right URL?");
            }
            if (!MayFollow(address, target))
            {
                throw new AdaptClusterException($"{file}: redirects from {address.Scheme} to {target.Scheme}://{target.Authority}, which "
                    + "is refused because anyone could change an unencrypted file in transit.");
            }
            address = target;
        }
    }

    /// <summary>Whether to follow a redirect: only to http or https, and never from https to http.</summary>
    internal static bool MayFollow(Uri from, Uri to) => to.Scheme == "https" || (to.Scheme == "http" && from.Scheme == "http");

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri address, Action<HttpRequestHeaders> prepare, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_silence);
        using var request = new HttpRequestMessage(method, address);
        request.Headers.AcceptEncoding.ParseAdd("identity");
        request.Headers.UserAgent.ParseAdd("AdaptCluster");
        prepare(request.Headers);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        }
        catch (HttpRequestException e) when (e.GetBaseException() is AuthenticationException)
        {
            throw new AdaptClusterException(
                $"{address.Authority}: is not trusted ({Words(e)}); is there a proxy whose certificate this machine lacks?", e);
        }
        catch (HttpRequestException e)
        {
            throw new TransferException($"{address.Authority} does not respond ({Words(e)})", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TransferException($"{address.Authority} did not respond within {_silence.TotalSeconds:0} s", e);
        }
    }

    /// <summary>Returns the message of the innermost cause of a connection error.</summary>
    public static string Words(Exception error) => PrintableText.OneLine(error.GetBaseException().Message.TrimEnd('.'));

    /// <summary>Returns the target of a redirect; null if the response is not a redirect or its target is not a URL.</summary>
    private static Uri? Target(HttpResponseMessage response, Uri address) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect && response.Headers.Location is { } location
            && Uri.TryCreate(address, location, out var target) ? target : null;

    /// <summary>
    /// Returns the exception for a response that does not contain the file; null if it does, or if the range is unsatisfiable.
    /// </summary>
    private static Exception? Refusal(HttpResponseMessage response, Uri address)
    {
        var said = $"{address.GetLeftPart(UriPartial.Path)} responded with {(int)response.StatusCode} "
            + PrintableText.OneLine(response.ReasonPhrase ?? "");
        return response.StatusCode switch
        {
            HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable => null,
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new AdaptClusterException(
                $"{said.TrimEnd()}: the mirror has no such file; check --from, or choose another mirror."),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new TransferException(said.TrimEnd()) { RetryAfter = RetryAfter(response) },
            _ => new AdaptClusterException(
                $"{said.TrimEnd()}; the file cannot be fetched from there, so choose another mirror with --from."),
        };
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var after = response.Headers.RetryAfter;
        var time = after?.Delta ?? after?.Date - (response.Headers.Date ?? TimeProvider.System.GetUtcNow());
        return time < TimeSpan.Zero ? TimeSpan.Zero : time;
    }
}
