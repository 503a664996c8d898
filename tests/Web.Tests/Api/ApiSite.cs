using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace AdaptCluster.Web.Tests.Api;

/// <summary>A site with two sweeps that have ended, which asks programs for a token.</summary>
public sealed class ApiSite : Site
{
    /// <summary>The token of those who may change sweeps, and that of those who may not.</summary>
    public const string Token = "a-token-of-the-test.0123456789==", Reading = "a-token-that-only-reads";

    private HttpClient? _full, _reader;

    /// <summary>The sweep that has a table.</summary>
    public string Sweep { get; private set; } = "";

    /// <summary>A job of it that pruned context tokens.</summary>
    public string Adapt { get; private set; } = "";

    /// <summary>A job of it that trained nothing.</summary>
    public string ZeroShot { get; private set; } = "";

    /// <summary>A program that may change sweeps.</summary>
    public HttpClient Full => _full ??= Client(Token);

    /// <summary>A program that may only read.</summary>
    public HttpClient Reader => _reader ??= Client(Reading);

    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["ADAPTCLUSTER_HTTP__TOKEN"] = Token,
        ["ADAPTCLUSTER_HTTP__READTOKEN"] = Reading,
    };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Sweep = await SubmitAsync(TemporaryHome.SmallSpec, wait: true);
        await SubmitAsync("""
            { "backbone": "tiny-clip", "shots": 1, "seeds": [1], "datasets": ["tiny-kinds"], "arms": [{ "method": "zero-shot" }] }
            """, wait: true, name: "another");
        Assert.Equal(0, (await RunAsync("tag", Sweep, "+kept")).Code);
        var runs = (await RunAsync("results", Sweep, "--runs", "--json")).Json["runs"]!.AsArray();
        Adapt = IdOf("adapt");
        ZeroShot = IdOf("zero-shot");
        string IdOf(string method) =>
            (string)runs.First(line => (string?)line!["run"]!["definition"]!["method"] == method)!["run"]!["job"]!;
    }

    public override async ValueTask DisposeAsync()
    {
        _full?.Dispose();
        _reader?.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>A program with a token; none for null.</summary>
    public HttpClient Client(string? token)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            Expect100ContinueTimeout = TimeSpan.FromMinutes(1),
        })
        {
            BaseAddress = new Uri($"{Address}/api/v1/"),
        };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    /// <summary>Asks for a document.</summary>
    internal static async Task<ApiAnswer> GetAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return await ApiAnswer.OfAsync(answer);
    }

    /// <summary>Sends something.</summary>
    internal static async Task<ApiAnswer> PostAsync(HttpClient client, string path, string? body = null, string type = "application/json")
    {
        using var content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (content is not null) content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        // One that is too large is refused before it is sent; the server would close the connection in the middle of it.
        request.Headers.ExpectContinue = content is not null;
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await ApiAnswer.OfAsync(answer);
    }
}

/// <summary>What the API answered.</summary>
internal sealed record ApiAnswer(int Code, string? Type, JsonNode? Json, string? Location, string? Next)
{
    /// <summary>What a problem says.</summary>
    public string Detail => (string)Json!["detail"]!;

    public static async Task<ApiAnswer> OfAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var type = answer.Content.Headers.ContentType?.MediaType;
        var link = answer.Headers.TryGetValues("Link", out var links) ? links.Single() : null;
        return new((int)answer.StatusCode, type, type?.EndsWith("json", StringComparison.Ordinal) == true ? JsonNode.Parse(text) : null,
            $"{answer.Headers.Location}", link?[1..link.IndexOf('>', StringComparison.Ordinal)]);
    }
}
