using System.Net;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Http;

namespace AdaptCluster.Silo.Tests.Http;

/// <summary>Who gets what from a silo's web server, over real sockets.</summary>
public sealed class SiloHttpTests(SiloHttpTests.Guarded guarded) : IClassFixture<SiloHttpTests.Guarded>
{
    private const string Token = "a-token-of-the-test.0123456789==";

    [Theory]
    [InlineData("/health/live", null, HttpStatusCode.OK)]
    [InlineData("/metrics", null, HttpStatusCode.Unauthorized)]
    [InlineData("/metrics", "Bearer wrong-wrong-wrong-wrong", HttpStatusCode.Unauthorized)]
    [InlineData("/metrics", "Bearer " + Token, HttpStatusCode.OK)]
    [InlineData("/nothing-here", null, HttpStatusCode.Unauthorized)]
    [InlineData("/nothing-here", "Bearer wrong-wrong-wrong-wrong", HttpStatusCode.Unauthorized)]
    [InlineData("/nothing-here", "Bearer " + Token + "x", HttpStatusCode.Unauthorized)]
    [InlineData("/nothing-here", "Bearer ", HttpStatusCode.Unauthorized)]
    [InlineData("/nothing-here", "Basic " + Token, HttpStatusCode.Unauthorized)]
    [InlineData("/nothing-here", Token, HttpStatusCode.Unauthorized)]
    [InlineData("/nothing-here", "Bearer " + Token, HttpStatusCode.NotFound)]
    [InlineData("/nothing-here", "bearer " + Token, HttpStatusCode.NotFound)]
    public async Task Without_the_token_only_the_health_is_told(string path, string? authorization, HttpStatusCode expected)
    {
        using var answer = await guarded.Silo.GetAsync(path, authorization);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.Unauthorized,
            answer.Headers.WwwAuthenticate.Any(challenge => challenge.Scheme == "Bearer"));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("Bearer wrong-wrong-wrong-wrong", "error=\"invalid_token\"")]
    public async Task A_refusal_says_how_to_ask_and_whether_a_token_was_wrong(string? authorization, string? error)
    {
        using var answer = await guarded.Silo.GetAsync("/", authorization);

        var challenge = Assert.Single(answer.Headers.WwwAuthenticate);
        Assert.Equal(error is null ? "realm=\"adaptcluster\"" : $"realm=\"adaptcluster\", {error}", challenge.Parameter);
    }

    [Theory]
    [InlineData("/health/ready", null)]
    [InlineData("/nothing-here", null)]
    [InlineData("/nothing-here", "Bearer " + Token)]
    public async Task Every_answer_tells_browsers_to_trust_nothing_and_names_no_server(string path, string? authorization)
    {
        using var answer = await guarded.Silo.GetAsync(path, authorization);

        string Header(string name) => string.Join(", ", answer.Headers.NonValidated[name]);
        Assert.Equal("nosniff", Header("X-Content-Type-Options"));
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", Header("Content-Security-Policy"));
        Assert.Contains("no-store", Header("Cache-Control"), StringComparison.Ordinal);
        Assert.Equal("no-referrer", Header("Referrer-Policy"));
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("attacker.example", HttpStatusCode.BadRequest)]
    [InlineData("localhost.attacker.example:8080", HttpStatusCode.BadRequest)]
    [InlineData("localhost:1234", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    public async Task On_the_loopback_interface_a_name_that_was_made_to_lead_here_gets_nothing(string host, HttpStatusCode expected)
    {
        using var answer = await guarded.Silo.GetAsync("/health/live", host: host);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: localhost\r\n\r\n", 5_000, "HTTP/1.1 414 ")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {0}\r\n\r\n", 20_000, "HTTP/1.1 431 ")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {0}\r\n\r\n", 20_000, "HTTP/1.1 431 ")]
    [InlineData("GET / HTTP/1.1\r\nHost: {0}\r\n\r\n", 4, "HTTP/1.1 400 ")]
    [InlineData("GET / HTTP/1.0\r\n\r\n{0}", 0, "HTTP/1.1 400 ")]
    public async Task A_request_out_of_bounds_is_cut_off(string request, int length, string expected)
    {
        var status = await guarded.Silo.SendAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, request,
            new string('a', length)));

        Assert.StartsWith(expected, status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_metrics_are_open_and_nothing_else_is()
    {
        await using var silo = await HttpSilo.StartAsync(new HttpSettings { Port = 0, Token = Token, OpenMetrics = true });

        using var metrics = await silo.GetAsync("/metrics");
        using var other = await silo.GetAsync("/");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (metrics.StatusCode, other.StatusCode));
        // Which values are there is not asked: silos of other tests in this process take theirs away when they stop.
        Assert.Contains(
            "# TYPE ", await metrics.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_its_key()
    {
        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() => HttpSilo.StartAsync(new HttpSettings
        {
            Port = guarded.Silo.Address.Port,
        }));

        Assert.StartsWith($"Http:Port (ADAPTCLUSTER_HTTP__PORT): cannot listen on 127.0.0.1 port {guarded.Silo.Address.Port}",
            refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task A_silo_whose_HTTP_is_switched_off_answers_none_and_neither_does_one_inside_a_command(bool switchedOff, bool serves)
    {
        await using var silo = await HttpSilo.StartAsync(switchedOff ? null : new HttpSettings { Port = 0 }, serves: serves);

        Assert.False(silo.AnswersHttp);
    }

    public sealed class Guarded : IAsyncLifetime
    {
        public HttpSilo Silo { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Silo = await HttpSilo.StartAsync(new HttpSettings { Port = 0, Token = Token });

        public ValueTask DisposeAsync() => Silo.DisposeAsync();
    }
}
