using System.Text.Json.Nodes;

namespace AdaptCluster.Web.Tests.Api;

/// <summary>What programs plan, submit and change by HTTP.</summary>
public sealed class ApiChangesTests(ApiSite site) : IClassFixture<ApiSite>
{
    private static readonly string LongSpec = TemporaryHome.SmallSpec
        .Replace("\"epochs\": 6", "\"epochs\": 4000", StringComparison.Ordinal);

    [Fact]
    public async Task A_plan_is_what_the_command_prints()
    {
        var file = site.Write("plan.json", TemporaryHome.SmallSpec);
        var printed = await site.RunAsync("plan", file, "--json");
        var answer = await ApiSite.PostAsync(site.Full, "plan", TemporaryHome.SmallSpec);

        Assert.Equal((0, 200), (printed.Code, answer.Code));
        Assert.True(JsonNode.DeepEquals(Lasting(printed.Json), Lasting(answer.Json!)), $"{printed.Output}\n\n{answer.Json}");
    }

    [Fact]
    public async Task A_sweep_is_submitted_followed_and_controlled_and_the_log_says_by_which_way()
    {
        var answer = await ApiSite.PostAsync(site.Full, "sweeps?name=by%20http&priority=2&parallel=1", LongSpec);
        var id = (string)answer.Json!["sweep"]!;
        Assert.Equal((202, $"/api/v1/sweeps/{id}"), (answer.Code, answer.Location));
        Assert.StartsWith("by-http-", id, StringComparison.Ordinal);
        var status = (await ApiSite.GetAsync(site.Reader, answer.Location!)).Json!;
        Assert.Equal(("by http", 2, 1, "api"), ((string)status["summary"]!["name"]!, (int)status["priority"]!, (int)status["parallel"]!,
            (string)status["summary"]!["submittedBy"]!));

        // Submitted again it is the same sweep, with what is asked for by name now.
        var again = await ApiSite.PostAsync(site.Full, "sweeps?name=by%20http&priority=3", LongSpec);
        Assert.Equal(id, (string)again.Json!["sweep"]!);
        Assert.Equal(3, (int)(await ApiSite.PostAsync(site.Full, $"sweeps/{id}/set?parallel=2")).Json!["priority"]!);
        Assert.Equal("paused", await StateAsync($"sweeps/{id}/pause?now=true"));
        Assert.Equal("running", await StateAsync($"sweeps/{id}/resume"));
        Assert.Contains(await StateAsync($"sweeps/{id}/cancel"), (string[])["cancelling", "cancelled"]);
        await CancelledAsync(id);
        Assert.Equal("running", await StateAsync($"sweeps/{id}/retry?missing=true"));
        await ApiSite.PostAsync(site.Full, $"sweeps/{id}/cancel");
        await CancelledAsync(id);
        var (printed, last) = (await site.RunAsync("status", id, "--json"), await ApiSite.PostAsync(site.Full, $"sweeps/{id}/cancel"));
        Assert.True(JsonNode.DeepEquals(printed.Json, last.Json), $"{printed.Output}\n\n{last.Json}");

        var log = (await site.RunAsync("audit", id, "--json")).Json.AsArray();
        Assert.All(log, entry => Assert.Equal(("token", "token"), ((string)entry!["way"]!, (string)entry["name"]!)));
        Assert.Equal(["submit done", "submit done", "set done", "set done", "pause done", "resume done", "cancel done", "retry done",
            "cancel done", "cancel unchanged"], log.Select(entry => $"{entry!["action"]} {entry["outcome"]}"));
    }

    [Fact]
    public async Task What_a_state_does_not_allow_is_refused_with_409_and_the_commands_words()
    {
        var printed = await site.RunAsync("pause", site.Sweep);
        var answer = await ApiSite.PostAsync(site.Full, $"sweeps/{site.Sweep}/pause");

        Assert.Equal((2, 409, "application/problem+json"), (printed.Code, answer.Code, answer.Type));
        Assert.Contains(answer.Detail, printed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "{\n  \"shots\": 1,\n  \"arms\": [\n    { \"method\": \"adap\" }\n  ]\n}", "$.arms[0].method", 4)]
    [InlineData("application/json", "{\n  \"shots\": 1,\n  \"train\": { \"epocs\": 1 }\n}", "$.train", 3)]
    [InlineData("application/json", "{\n  \"shots\": 1,\n  oops\n}", null, 3)]
    [InlineData("application/yaml", "backbone: tiny-clip\nshots: [\n", null, null)]
    public async Task A_spec_that_is_refused_is_answered_with_the_commands_words_the_path_and_the_line(
        string type, string spec, string? path, int? line)
    {
        var file = site.Write(type == "application/yaml" ? "spec.yaml" : "spec", spec);
        var printed = await site.RunAsync("plan", file);
        foreach (var route in (string[])["plan", "sweeps"])
        {
            var answer = await ApiSite.PostAsync(site.Full, route, spec, type);
            Assert.Equal((2, 400, "application/problem+json"), (printed.Code, answer.Code, answer.Type));
            Assert.Contains(answer.Detail, printed.Error, StringComparison.Ordinal);
            if (path is not null) Assert.Equal(path, (string?)answer.Json!["path"]);
            if (line is not null) Assert.Equal(line, (int?)answer.Json!["line"]);
        }
    }

    [Fact]
    public async Task A_spec_in_yaml_is_planned_as_the_same_in_json()
    {
        var yaml = await ApiSite.PostAsync(site.Full, "plan", """
            backbone: tiny-clip
            shots: 1
            seeds: [1]
            datasets: [tiny-kinds]
            arms: [{method: zero-shot}]
            """, "application/yaml");

        Assert.Equal((200, 1), (yaml.Code, (int)yaml.Json!["jobs"]!));
    }

    [Theory]
    [InlineData("plan", "text/plain", 10, 415, "Content-Type: found 'text/plain'; send the spec as application/json")]
    [InlineData("sweeps", "application/x-www-form-urlencoded", 10, 415, "send the spec as application/json")]
    [InlineData("plan", "application/json", (1 << 20) + 1, 413, "larger than the maximum size of a spec")]
    [InlineData("sweeps", "application/json", (1 << 20) + 1, 413, "larger than the maximum size of a spec")]
    [InlineData("sweeps?pool=A%20B", "application/json", 10, 400, "pool: found 'A B'; write ")]
    [InlineData("sweeps?parallel=-1", "application/json", 10, 400, "parallel: found '-1'; write a whole number of 0 or more.")]
    [InlineData("sweeps?noCache=yes", "application/json", 10, 400, "noCache: found 'yes'; write true or false.")]
    [InlineData("sweeps/SWEEP/set", "application/json", 10, 400, "set: write at least one of priority, parallel and pool.")]
    [InlineData("sweeps/none-00000000/cancel", "application/json", 10, 404, "none-00000000")]
    public async Task What_cannot_be_sent_is_refused_with_what_to_do(string route, string type, int length, int code, string words)
    {
        var answer = await ApiSite.PostAsync(
            site.Full, route.Replace("SWEEP", site.Sweep, StringComparison.Ordinal), new string(' ', length), type);

        Assert.Equal((code, "application/problem+json"), (answer.Code, answer.Type));
        Assert.Contains(words, answer.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan")]
    [InlineData("sweeps")]
    [InlineData("sweeps/SWEEP/pause")]
    [InlineData("sweeps/SWEEP/cancel")]
    [InlineData("sweeps/SWEEP/resume")]
    [InlineData("sweeps/SWEEP/retry")]
    [InlineData("sweeps/SWEEP/set?priority=1")]
    public async Task Who_may_only_read_or_shows_no_token_changes_nothing_and_hears_what_to_show(string route)
    {
        using var stranger = site.Client(null);
        var path = route.Replace("SWEEP", site.Sweep, StringComparison.Ordinal);
        var (reader, nobody) = (await ApiSite.PostAsync(site.Reader, path, "{}"), await ApiSite.PostAsync(stranger, path, "{}"));

        Assert.Equal((403, "POST: this token has read-only access; use a token that can change sweeps."), (reader.Code, reader.Detail));
        Assert.Equal((401, "application/problem+json"), (nobody.Code, nobody.Type));
        Assert.Contains("Authorization: Bearer TOKEN", nobody.Detail, StringComparison.Ordinal);
        await site.LoggedAsync($"Refused POST /api/v1/{path.Split('?')[0]} by ");
    }

    private async Task<string> StateAsync(string route)
    {
        var answer = await ApiSite.PostAsync(site.Full, route);
        Assert.True(answer.Code == 200, $"{route}: {answer.Json}");
        return (string)answer.Json!["summary"]!["state"]!;
    }

    private async Task CancelledAsync(string id)
    {
        await site.RunAsync("watch", id);
        Assert.Equal("cancelled", (string?)(await ApiSite.GetAsync(site.Reader, $"sweeps/{id}")).Json!["summary"]!["state"]);
    }

    /// <summary>
    /// A plan without the time, which every job that ends meanwhile changes, and the workers, which a command without a cluster counts.
    /// </summary>
    private static JsonNode Lasting(JsonNode plan)
    {
        (plan["workerSeconds"], plan["workers"]) = (null, null);
        return plan;
    }
}
