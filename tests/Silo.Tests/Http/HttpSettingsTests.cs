using System.Security.Claims;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Http;

namespace AdaptCluster.Silo.Tests.Http;

public sealed class HttpSettingsTests : IDisposable
{
    private const string Secret = "0123456789abcdef";
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-http-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_settings_it_listens_on_the_loopback_interface_for_callers_that_use_its_names_and_needs_no_token()
    {
        var settings = Read("{}")!;

        Assert.Equal(("127.0.0.1", 8080, 8081, false), ($"{settings.Address}", settings.Port, settings.HealthPort, settings.OpenMetrics));
        Assert.Equal(["localhost", "127.0.0.1", "[::1]"], settings.AllowedHosts);
        Assert.Null(HttpToken.Open(settings));
    }

    [Theory]
    [InlineData("""{"Port": 9000}""", 9001)]
    [InlineData("""{"Port": 0}""", 0)]
    [InlineData("""{"Port": 65535}""", 0)]
    [InlineData("""{"Port": 9000, "HealthPort": 0}""", 0)]
    [InlineData("""{"HealthPort": 7000}""", 7000)]
    public void Probes_have_the_next_port_unless_another_is_given(string json, int expected) =>
        Assert.Equal(expected, Read(json)!.HealthPort);

    [Fact]
    public void It_can_be_switched_off() => Assert.Null(Read("""{"Enabled": false, "Token": "0123456789abcdef"}"""));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("10.0.0.7")]
    public void Any_other_interface_needs_a_token_and_the_refusal_names_the_keys(string address)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => HttpToken.Open(Read($$"""{"Address": "{{address}}"}""")!));

        Assert.Equal(
            $"Http:Address (ADAPTCLUSTER_HTTP__ADDRESS): {address} is not the loopback interface, so callers need a token; set Http:Token "
            + "(ADAPTCLUSTER_HTTP__TOKEN) "
            + "or Http:TokenFile (ADAPTCLUSTER_HTTP__TOKENFILE), or Http:Enabled (ADAPTCLUSTER_HTTP__ENABLED) to false.", refusal.Message);
        Assert.NotNull(HttpToken.Open(Read($$"""{"Address": "{{address}}", "Token": "{{Secret}}"}""")!));
    }

    [Fact]
    public void Behind_a_token_every_host_name_is_let_in_unless_names_are_given()
    {
        Assert.Equal(["*"], Read("""{"Address": "0.0.0.0"}""")!.AllowedHosts);
        Assert.Equal(["silo-1.lab", "*.cluster.local", "10.0.0.7"],
            Read("""{"AllowedHosts": "silo-1.lab, *.cluster.local,10.0.0.7"}""")!.AllowedHosts);
    }

    [Theory]
    [InlineData("""{"Address": "everywhere"}""",
        "Http:Address (ADAPTCLUSTER_HTTP__ADDRESS): found 'everywhere'; write the IP address to listen on")]
    [InlineData("""{"Port": 70000}""", "Http:Port (ADAPTCLUSTER_HTTP__PORT): found '70000'; write a whole number from 0 to 65535.")]
    [InlineData("""{"HealthPort": 70000}""",
        "Http:HealthPort (ADAPTCLUSTER_HTTP__HEALTHPORT): found '70000'; write a whole number from 0 to 65535.")]
    [InlineData("""{"Port": 9000, "HealthPort": 9000}""",
        "Http:HealthPort (ADAPTCLUSTER_HTTP__HEALTHPORT): 9000 is Http:Port (ADAPTCLUSTER_HTTP__PORT) too; write another port")]
    [InlineData("""{"OpenMetrics": "yes"}""", "Http:OpenMetrics (ADAPTCLUSTER_HTTP__OPENMETRICS): found 'yes'; write true or false.")]
    [InlineData("""{"AllowedHosts": "http://silo"}""",
        "Http:AllowedHosts (ADAPTCLUSTER_HTTP__ALLOWEDHOSTS): found 'http://silo'; write the names")]
    [InlineData("""{"PublicUrl": "adapt.lab"}""",
        "Http:PublicUrl (ADAPTCLUSTER_HTTP__PUBLICURL): found 'adapt.lab'; write the page's address")]
    [InlineData("""{"Oidc": {"ClientId": "x"}}""",
        "Http:Oidc:ClientId (ADAPTCLUSTER_HTTP__OIDC__CLIENTID): is set without Http:Oidc:Authority")]
    [InlineData("""{"Oidc": {"Authority": "http://login.lab", "ClientId": "x", "Allow": "*"}}""",
        "Http:Oidc:Authority (ADAPTCLUSTER_HTTP__OIDC__AUTHORITY): found 'http://login.lab'; write the provider's address")]
    [InlineData("""{"Oidc": {"Authority": "https://login.lab", "Allow": "*"}}""",
        "Http:Oidc:ClientId (ADAPTCLUSTER_HTTP__OIDC__CLIENTID): not set")]
    [InlineData("""{"Oidc": {"Authority": "https://login.lab", "ClientId": "x"}}""",
        "Http:Oidc:Allow (ADAPTCLUSTER_HTTP__OIDC__ALLOW): not set; write who is let in")]
    [InlineData("""{"Oidc": {"Authority": "https://login.lab", "ClientId": "x", "Allow": "ada"}}""",
        "Http:Oidc:Allow (ADAPTCLUSTER_HTTP__OIDC__ALLOW): found 'ada'; write claims")]
    [InlineData("""{"Oidc": {"Authority": "https://login.lab", "ClientId": "x", "Allow": "*"}}""",
        "Http:Oidc:Authority (ADAPTCLUSTER_HTTP__OIDC__AUTHORITY): programs cannot log in there, so they need a token beside it")]
    [InlineData("""{"Prot": 80}""", "appsettings.json: AdaptCluster:Http:Prot is unknown; did you mean AdaptCluster:Http:Port?")]
    public void A_setting_that_cannot_be_used_is_named_by_key_and_variable(string json, string expected)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => Read(json));

        Assert.StartsWith(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hunter2hunter2", "Http:Token (ADAPTCLUSTER_HTTP__TOKEN): 14 characters can be guessed; write 16 to 512")]
    [InlineData("hunter2 hunter2 hunter2", "Http:Token (ADAPTCLUSTER_HTTP__TOKEN): a character is none of a token's")]
    [InlineData("================", "Http:Token (ADAPTCLUSTER_HTTP__TOKEN): a character is none of a token's")]
    public void A_token_that_cannot_be_used_is_refused_without_being_shown(string token, string expected)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => HttpToken.Open(new HttpSettings { Token = token }));

        Assert.StartsWith(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Secret + "\n", null)]
    [InlineData(Secret + "\r\n", null)]
    [InlineData("short\n", "5 characters can be guessed")]
    [InlineData("", "0 characters can be guessed")]
    [InlineData(Secret + "\n" + Secret, "a character is none of a token's")]
    [InlineData(Secret + "\0", "a character is none of a token's")]
    public void A_file_holds_the_token_and_a_line_break_at_most(string content, string? problem)
    {
        var file = Write("token", content);
        var settings = new HttpSettings { TokenFile = file };

        if (problem is null) Assert.True(HttpToken.Open(settings)!.Fits(Secret));
        else Assert.StartsWith($"Http:TokenFile (ADAPTCLUSTER_HTTP__TOKENFILE): {file}: {problem}",
            Assert.Throws<InvalidInputException>(() => HttpToken.Open(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_file_is_refused_whatever_its_length_and_a_missing_one_is_named()
    {
        var file = Write("token", new string('a', 513));
        Assert.Contains("more than 512 characters", Assert.Throws<InvalidInputException>(
            () => HttpToken.Open(new HttpSettings { TokenFile = file })).Message, StringComparison.Ordinal);
        Assert.Contains("more than 512 characters", Assert.Throws<InvalidInputException>(
            () => HttpToken.Open(new HttpSettings { TokenFile = "/dev/zero" })).Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/token cannot be read", Assert.Throws<InvalidInputException>(
            () => HttpToken.Open(new HttpSettings { TokenFile = "/nowhere/token" })).Message, StringComparison.Ordinal);
        Assert.Contains("are both set", Assert.Throws<InvalidInputException>(
            () => HttpToken.Open(new HttpSettings { Token = Secret, TokenFile = file })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_has_one_of_the_claims_is_let_in_and_nobody_else()
    {
        var oidc =
            Read($$"""{"Token": "{{Secret}}", "Oidc": {"Authority": "https://login.lab", "ClientId": "x", "Allow": "groups=ml-team, email=ada@lab.example"} }""")!.Oidc!;

        Assert.True(oidc.Admits(Person(("email", "ada@lab.example"))));
        Assert.True(oidc.Admits(Person(("groups", "staff"), ("groups", "ml-team"))));
        Assert.False(oidc.Admits(Person(("email", "ml-team"), ("groups", "ada@lab.example"))));
        Assert.False(oidc.Admits(Person()));

        static ClaimsPrincipal Person(params (string Type, string Value)[] claims) =>
            new(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type, claim.Value)), "provider"));
    }

    [Fact]
    public void No_text_of_the_settings_shows_the_token()
    {
        var settings = Read($$"""{"Token": "{{Secret}}"}""")!;

        Assert.Equal("HTTP on 127.0.0.1:8080, with a token", $"{settings}");
        Assert.DoesNotContain(Secret, $"{All($$"""{"Token": "{{Secret}}"}""")}", StringComparison.Ordinal);
    }

    private HttpSettings? Read(string http) => All(http).Serving.Http;

    private HostSettings All(string http)
    {
        Write("appsettings.json", $$"""{"AdaptCluster": {"Http": {{http}} } }""");
        return HostSettings.From(new SettingsReader(_folder));
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
