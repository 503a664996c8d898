using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>
/// Asks mirrors. The only commands' code that connects to a host which no setting names: a test holds that. Proxies are those of
/// HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, as .NET reads them.
/// </summary>
internal sealed class MirrorClient : IDisposable
{
    /// <summary>The most redirects that are followed.</summary>
    public const int MostRedirects = 10;

    private readonly HttpClient _http;
    private readonly TimeSpan _silence;

    /// <summary>Makes a client without connections.</summary>
    /// <param name="silence">How long a host may not answer.</param>
    public MirrorClient(TimeSpan silence)
    {
        _silence = silence;
        // Redirects are followed here, since their answers have headers that count. Bytes are kept as they were hashed: never unpacked.
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

    /// <summary>Asks for a file and follows redirects, until headers of an answer with the file are there.</summary>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="file">Its address.</param>
    /// <param name="prepare">Adds headers to each request.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="TransferFault">The mirror does not answer, or answers that it cannot at present.</exception>
    /// <exception cref="AdaptClusterException">It refuses, or leads where nobody should follow.</exception>
    public async Task<MirrorAnswer> AskAsync(
        HttpMethod method, Uri file, Action<HttpRequestHeaders> prepare, CancellationToken cancellation)
    {
        var (address, said) = (file, default(MirrorWord));
        for (var redirects = 0; ; redirects++)
        {
            var response = await SendAsync(method, address, prepare, cancellation);
            // Only the mirror itself is asked what its file should be: a store that it leads to cannot vouch for what it sends.
            if (address.Authority == file.Authority) said = said.Or(MirrorWord.Of(response));
            if (Target(response, address) is not { } target)
            {
                if (Refusal(response, address) is not { } refusal) return new MirrorAnswer(response, address, said);
                response.Dispose();
                throw refusal;
            }
            response.Dispose();
            if (redirects == MostRedirects)
            {
                throw new AdaptClusterException(
                    $"{file}: leads from one address to another more than {MostRedirects} times; is it the right URL?");
            }
            if (!MayFollow(address, target))
            {
                throw new AdaptClusterException($"{file}: leads from {address.Scheme} to {target.Scheme}://{target.Authority}, which is "
                    + "refused: on the way there anyone could change what comes.");
            }
            address = target;
        }
    }

    /// <summary>Whether a redirect is followed: by http and https alone, and never from https down to http.</summary>
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
                $"{address.Authority}: is not trusted ({Words(e)}); is a proxy on the way whose certificate this machine lacks?", e);
        }
        catch (HttpRequestException e)
        {
            throw new TransferFault($"{address.Authority} does not answer ({Words(e)})", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TransferFault($"{address.Authority} does not answer for {_silence.TotalSeconds:0} s", e);
        }
    }

    /// <summary>An error of the connection in the words of its innermost cause.</summary>
    public static string Words(Exception error) => PrintableText.OneLine(error.GetBaseException().Message.TrimEnd('.'));

    /// <summary>Where an answer leads; null where it leads nowhere, or to what is no address.</summary>
    private static Uri? Target(HttpResponseMessage response, Uri address) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect && response.Headers.Location is { } location
            && Uri.TryCreate(address, location, out var target) ? target : null;

    /// <summary>The error of an answer without the file; null for one with it, and for a range that cannot be sent.</summary>
    private static Exception? Refusal(HttpResponseMessage response, Uri address)
    {
        var said = $"{address.GetLeftPart(UriPartial.Path)} answers {(int)response.StatusCode} "
            + PrintableText.OneLine(response.ReasonPhrase ?? "");
        return response.StatusCode switch
        {
            HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable => null,
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new AdaptClusterException(
                $"{said.TrimEnd()}: the mirror has no such file; check --from, or name another mirror."),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new TransferFault(said.TrimEnd()) { RetryAfter = RetryAfter(response) },
            _ => new AdaptClusterException($"{said.TrimEnd()}; the file cannot be fetched from there, so name another mirror by --from."),
        };
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var after = response.Headers.RetryAfter;
        var time = after?.Delta ?? after?.Date - (response.Headers.Date ?? TimeProvider.System.GetUtcNow());
        return time < TimeSpan.Zero ? TimeSpan.Zero : time;
    }
}
