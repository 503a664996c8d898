using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AdaptCluster.Silo.Http;
using Microsoft.AspNetCore.Routing;

namespace AdaptCluster.Web.Tests.Api;

/// <summary>The API's description of itself, and what a browser may do with it.</summary>
public sealed class ApiDocumentTests
{
    private const string Recorded = "docs/reference/openapi.json";

    private static readonly HttpSettings Guarded = new() { Port = 0, Token = PageSilo.Token, ReadToken = PageSilo.Reading };

    [Fact]
    public async Task Every_route_is_described_and_the_document_is_the_recorded_one()
    {
        await using var silo = await PageSilo.StartAsync(Guarded);
        using var client = Client(silo, PageSilo.Reading);
        var text = (await client.GetStringAsync("/api/openapi.json", TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        var paths = JsonNode.Parse(text)!["paths"]!.AsObject();

        var routes = silo.Endpoints.Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => $"{method} {endpoint.RoutePattern.RawText}")).Order(StringComparer.Ordinal);
        var described = paths.SelectMany(path => path.Value!.AsObject()
            .Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}")).Order(StringComparer.Ordinal);
        Assert.Equal(routes, described);
        Assert.All(paths.SelectMany(path => path.Value!.AsObject()), operation =>
        {
            Assert.False(string.IsNullOrEmpty((string?)operation.Value!["operationId"]), operation.Key);
            Assert.False(string.IsNullOrEmpty((string?)operation.Value["summary"]), operation.Key);
        });
        GeneratedFile.Check(Recorded, text.TrimEnd('\n') + "\n");
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("https://elsewhere.example", HttpStatusCode.Forbidden)]
    [InlineData("own", HttpStatusCode.NotFound)]
    public async Task A_browser_changes_something_for_pages_of_this_host_alone(string? origin, HttpStatusCode expected)
    {
        await using var silo = await PageSilo.StartAsync(Guarded);
        using var client = Client(silo, token: null);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/sweeps/none-00000000/cancel");
        request.Headers.Add("Cookie", await silo.LogInAsync(PageSilo.Token));
        if (origin is not null) request.Headers.Add("Origin", origin == "own" ? $"{silo.Address}".TrimEnd('/') : origin);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((expected, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Without_a_token_on_the_loopback_interface_programs_may_what_pages_may_and_pages_of_other_sites_may_not()
    {
        await using var silo = await PageSilo.StartAsync(new HttpSettings { Port = 0 });
        using var client = Client(silo, token: null);
        var (own, foreign) = (await PlanAsync(null), await PlanAsync("https://elsewhere.example"));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Forbidden), (own, foreign));

        async Task<HttpStatusCode> PlanAsync(string? origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/plan") { Content = new StringContent("{}") };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            if (origin is not null) request.Headers.Add("Origin", origin);
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
    }

    private static HttpClient Client(PageSilo silo, string? token)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = silo.Address,
        };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }
}
