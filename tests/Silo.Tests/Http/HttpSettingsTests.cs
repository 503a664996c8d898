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
        Assert.Null(HttpTokens.Open(settings));
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
        var refusal = Assert.Throws<InvalidInputException>(() => HttpTokens.Open(Read($$"""{"Address": "{{address}}"}""")!));

        Assert.Equal(
            $"Http:Address (ADAPTCLUSTER_HTTP__ADDRESS): {address} is not the loopback interface, so callers need a token; set Http:Token "
            + "(ADAPTCLUSTER_HTTP__TOKEN) "
            + "or Http:TokenFile (ADAPTCLUSTER_HTTP__TOKENFILE), or Http:Enabled (ADAPTCLUSTER_HTTP__ENABLED) to false.", refusal.Message);
        Assert.NotNull(HttpTokens.Open(Read($$"""{"Address": "{{address}}", "Token": "{{Secret}}"}""")!));
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
        "Http:HealthPort (ADAPTCLUSTER_HTTP__HEALTHPORT): 9000 is also Http:Port (ADAPTCLUSTER_HTTP__PORT); write another port")]
    [InlineData("""{"OpenMetrics": "yes"}""", "Http:OpenMetrics (ADAPTCLUSTER_HTTP__OPENMETRICS): found 'yes'; write true or false.")]
    [InlineData("""{"AllowedHosts": "http://silo"}""",
        "Http:AllowedHosts (ADAPTCLUSTER_HTTP__ALLOWEDHOSTS): found 'http://silo'; write the names")]
    [InlineData("""{"PublicUrl": "adapt.lab"}""",
        "Http:PublicUrl (ADAPTCLUSTER_HTTP__PUBLICURL): found 'adapt.lab'; write the page's address")]
    [InlineData("""{"Oidc": {"ClientId": "x"}}""",
        "Http:Oidc:ClientId (ADAPTCLUSTER_HTTP__OIDC__CLIENTID): set without Http:Oidc:Authority")]
    [InlineData("""{"Oidc": {"Authority": "http://login.lab", "ClientId": "x", "Allow": "*"}}""",
        "Http:Oidc:Authority (ADAPTCLUSTER_HTTP__OIDC__AUTHORITY): found 'http://login.lab'; write the provider's address")]
    [InlineData("""{"Oidc": {"Authority": "https://login.lab", "Allow": "*"}}""",
        "Http:Oidc:ClientId (ADAPTCLUSTER_HTTP__OIDC__CLIENTID): not set")]
    [InlineData("""{"Oidc": {"Authority": "https://login.lab", "ClientId": "x"}}""",
        "Http:Oidc:Allow (ADAPTCLUSTER_HTTP__OIDC__ALLOW): not set; write the claims that admit a user")]
    [InlineData("""{"Oidc": {"Authority": "https://login.lab", "ClientId": "x", "Allow": "ada"}}""",
        "Http:Oidc:Allow (ADAPTCLUSTER_HTTP__OIDC__ALLOW): found 'ada'; write claims")]
    [InlineData("""{"Oidc": {"Authority": "https://login.lab", "ClientId": "x", "Allow": "*"}}""",
        "Http:Oidc:Authority (ADAPTCLUSTER_HTTP__OIDC__AUTHORITY): programs cannot log in with a provider and need a token")]
    [InlineData("""{"Oidc": {"Authority": "https://login.lab", "ClientId": "x", "Allow": "groups=CN=ml,OU=lab"}}""",
        "Http:Oidc:Allow (ADAPTCLUSTER_HTTP__OIDC__ALLOW): found 'groups=CN=ml,OU=lab', in which a value contains '='; write values with "
        + "commas, such as LDAP names, as a list with one claim per entry: Http:Oidc:Allow:0 (ADAPTCLUSTER_HTTP__OIDC__ALLOW__0)")]
    [InlineData("""{"Oidc": {"Authority": "https://login.lab", "ClientId": "x", "Allow": ["groups=CN=ml,OU=lab", "ada"]}}""",
        "Http:Oidc:Allow:1 (ADAPTCLUSTER_HTTP__OIDC__ALLOW__1): found 'ada'; write one claim and its value")]
    [InlineData("""{"Oidc": {"Allow": ["groups=ml"]}}""",
        "Http:Oidc:Allow (ADAPTCLUSTER_HTTP__OIDC__ALLOW): set without Http:Oidc:Authority")]
    [InlineData("""{"Prot": 80}""", "appsettings.json: AdaptCluster:Http:Prot is unknown; did you mean AdaptCluster:Http:Port?")]
    public void A_setting_that_cannot_be_used_is_named_by_key_and_variable(string json, string expected)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => Read(json));

        Assert.StartsWith(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hunter2hunter2", "Http:Token (ADAPTCLUSTER_HTTP__TOKEN): 14 characters are easy to guess; use 16 to 512")]
    [InlineData("hunter2 hunter2 hunter2", "Http:Token (ADAPTCLUSTER_HTTP__TOKEN): contains a character that is not allowed in a token")]
    [InlineData("================", "Http:Token (ADAPTCLUSTER_HTTP__TOKEN): contains a character that is not allowed in a token")]
    public void A_token_that_cannot_be_used_is_refused_without_being_shown(string token, string expected)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => HttpTokens.Open(new HttpSettings { Token = token }));

        Assert.StartsWith(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Secret + "\n", null)]
    [InlineData(Secret + "\r\n", null)]
    [InlineData("short\n", "5 characters are easy to guess")]
    [InlineData("", "0 characters are easy to guess")]
    [InlineData(Secret + "\n" + Secret, "contains a character that is not allowed in a token")]
    [InlineData(Secret + "\0", "contains a character that is not allowed in a token")]
    public void A_file_holds_the_token_and_a_line_break_at_most(string content, string? problem)
    {
        var file = Write("token", content);
        var settings = new HttpSettings { TokenFile = file };

        if (problem is null) Assert.True(HttpTokens.Open(settings)!.Find(Secret) is { IsReadOnly: false });
        else Assert.StartsWith($"Http:TokenFile (ADAPTCLUSTER_HTTP__TOKENFILE): {file}: {problem}",
            Assert.Throws<InvalidInputException>(() => HttpTokens.Open(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_file_is_refused_whatever_its_length_and_a_missing_one_is_named()
    {
        var file = Write("token", new string('a', 513));
        Assert.Contains("more than 512 characters", Assert.Throws<InvalidInputException>(
            () => HttpTokens.Open(new HttpSettings { TokenFile = file })).Message, StringComparison.Ordinal);
        Assert.Contains("more than 512 characters", Assert.Throws<InvalidInputException>(
            () => HttpTokens.Open(new HttpSettings { TokenFile = "/dev/zero" })).Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/token cannot be read", Assert.Throws<InvalidInputException>(
            () => HttpTokens.Open(new HttpSettings { TokenFile = "/nowhere/token" })).Message, StringComparison.Ordinal);
        Assert.Contains("are both set", Assert.Throws<InvalidInputException>(
            () => HttpTokens.Open(new HttpSettings { Token = Secret, TokenFile = file })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_has_one_of_the_claims_is_let_in_and_nobody_else()
    {
        var oidc =
            Read($$"""{"Token": "{{Secret}}", "Oidc": {"Authority": "https://login.lab", "ClientId": "x", "Allow": "groups=ml-team, email=ada@lab.example"} }""")!.Oidc!;

        Assert.True(oidc.Admits(Person(("email", "ada@lab.example"), ("email_verified", "true"))));
        Assert.True(oidc.Admits(Person(("groups", "staff"), ("groups", "ml-team"))));
        Assert.False(oidc.Admits(Person(("email", "ml-team"), ("groups", "ada@lab.example"), ("email_verified", "true"))));
        Assert.False(oidc.Admits(Person()));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("false", false)]
    [InlineData("true", true)]
    [InlineData("True", true)]
    public void An_address_lets_in_only_where_the_provider_calls_it_verified_or_a_setting_trusts_it(string? verified, bool expected)
    {
        const string allow = """
            "Authority": "https://login.lab", "ClientId": "x", "Allow": "groups=ml-team,email=ada@lab.example"
            """;
        var careful = Read($$"""{"Token": "{{Secret}}", "Oidc": { {{allow}} } }""")!.Oidc!;
        var trusting = Read($$"""{"Token": "{{Secret}}", "Oidc": { {{allow}}, "TrustUnverifiedEmail": true} }""")!.Oidc!;
        (string, string)[] known = [("sub", "17"), ("email", "ada@lab.example")];
        (string, string)[] claims = verified is null ? known : [.. known, ("email_verified", verified)];

        Assert.Equal((expected, !expected), (careful.Admits(Person(claims)), careful.LacksVerification(Person(claims))));
        Assert.True(trusting.Admits(Person(claims)));
        // Who is let in by a group is not called by an address that they may have made up.
        var member = Person([.. claims, ("groups", "ml-team"), ("preferred_username", "ada@lab.example")]);
        Assert.True(careful.Admits(member));
        Assert.Equal(expected ? "ada@lab.example" : "ada@lab.example (17)", careful.NameOf(member));
        Assert.NotEqual(careful.Fingerprint, trusting.Fingerprint);
    }

    [Fact]
    public void Groups_with_commas_in_their_names_are_written_as_a_list()
    {
        var oidc = Read($$"""
            {"Token": "{{Secret}}", "Oidc": {"Authority": "https://login.lab", "ClientId": "x",
              "Allow": ["groups=CN=ml-team,OU=groups,DC=lab", "email=ada@lab.example"]} }
            """)!.Oidc!;

        Assert.Equal([("groups", "CN=ml-team,OU=groups,DC=lab"), ("email", "ada@lab.example")], oidc.Allow);
        Assert.True(oidc.Admits(Person(("groups", "CN=ml-team,OU=groups,DC=lab"))));
        Assert.False(oidc.Admits(Person(("OU", "groups"))));
        var everybody = Read(
            $$"""{"Token": "{{Secret}}", "Oidc": {"Authority": "https://login.lab", "ClientId": "x", "Allow": ["*"]} }""")!;
        Assert.Empty(everybody.Oidc!.Allow);
    }

    [Fact]
    public void A_second_token_is_worth_as_much_as_the_first_and_one_for_reading_less()
    {
        const string second = "the-second-token-of-all", reading = "the-token-for-scrapers";
        var file = Write("token2", second + "\n");
        var tokens = HttpTokens.Open(new HttpSettings { Token = Secret, Token2File = file, ReadToken = reading })!;

        Assert.Equal(("token", false), (tokens.Find(Secret)!.Name, tokens.Find(Secret)!.IsReadOnly));
        Assert.Equal(("second token", false), (tokens.Find(second)!.Name, tokens.Find(second)!.IsReadOnly));
        Assert.Equal(("read token", true), (tokens.Find(reading)!.Name, tokens.Find(reading)!.IsReadOnly));
        Assert.Null(tokens.Find(Secret + second));
        // Once the second has become the first, who logged in with it stays logged in.
        Assert.NotNull(HttpTokens.Open(new HttpSettings { Token = second })!.Known(tokens.Find(second)!.Fingerprint));
        Assert.Null(HttpTokens.Open(new HttpSettings { Token = second })!.Known(tokens.Find(Secret)!.Fingerprint));
    }

    [Theory]
    [InlineData(null, "the-second-token-of-all", null,
        "Http:Token2 (ADAPTCLUSTER_HTTP__TOKEN2): set without Http:Token (ADAPTCLUSTER_HTTP__TOKEN); set that or Http:TokenFile")]
    [InlineData(null, null, "the-token-for-scrapers", "Http:ReadToken (ADAPTCLUSTER_HTTP__READTOKEN): set without Http:Token")]
    [InlineData(Secret, null, Secret, "Http:ReadToken (ADAPTCLUSTER_HTTP__READTOKEN): the same as a token that can change sweeps")]
    [InlineData(Secret, "the-second-token-of-all", "the-second-token-of-all",
        "Http:ReadToken (ADAPTCLUSTER_HTTP__READTOKEN): the same as a token")]
    [InlineData(Secret, "short", null, "Http:Token2 (ADAPTCLUSTER_HTTP__TOKEN2): 5 characters are easy to guess")]
    public void Tokens_that_do_not_go_together_are_refused_without_being_shown(
        string? token, string? second, string? reading, string expected)
    {
        var refusal = Assert.Throws<InvalidInputException>(
            () => HttpTokens.Open(new HttpSettings { Token = token, Token2 = second, ReadToken = reading }));

        Assert.StartsWith(expected, refusal.Message, StringComparison.Ordinal);
        foreach (var secret in new[] { token, second, reading }.OfType<string>().Where(secret => secret.Length > 10))
            Assert.DoesNotContain(secret, refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_of_the_settings_shows_the_token()
    {
        var settings = Read($$"""{"Token": "{{Secret}}"}""")!;

        Assert.Equal("HTTP on 127.0.0.1:8080, with a token", $"{settings}");
        Assert.DoesNotContain(Secret, $"{All($$"""{"Token": "{{Secret}}"}""")}", StringComparison.Ordinal);
    }

    private static ClaimsPrincipal Person(params (string Type, string Value)[] claims) =>
        new(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type, claim.Value)), "provider"));

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
