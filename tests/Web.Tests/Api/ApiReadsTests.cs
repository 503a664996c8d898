using System.Text.Json.Nodes;

namespace AdaptCluster.Web.Tests.Api;

/// <summary>What programs read by HTTP is what the commands print.</summary>
public sealed class ApiReadsTests(ApiSite site) : IClassFixture<ApiSite>
{
    [Theory]
    [InlineData("sweeps", "list")]
    [InlineData("sweeps?sort=name", "list --sort name")]
    [InlineData("sweeps?state=completed&state=failed", "list --state completed --state failed")]
    [InlineData("sweeps?state=paused", "list --state paused")]
    [InlineData("sweeps?tag=kept&limit=1", "list --tag kept --limit 1")]
    [InlineData("sweeps/SWEEP", "status SWEEP")]
    [InlineData("sweeps/small", "status small")]
    [InlineData("sweeps/latest", "status latest")]
    [InlineData("sweeps/SWEEP/results", "results SWEEP")]
    [InlineData("sweeps/SWEEP/jobs", "results SWEEP --runs")]
    [InlineData("sweeps/SWEEP/jobs/ADAPT", "explain SWEEP --job ADAPT")]
    [InlineData("sweeps/SWEEP/jobs/ADAPT/curve", "curves SWEEP --job ADAPT")]
    [InlineData("sweeps/SWEEP/jobs/ZERO/curve", "curves SWEEP --job ZERO")]
    [InlineData("sweeps/SWEEP/jobs/ADAPT/masks", "masks SWEEP --job ADAPT")]
    [InlineData("sweeps/SWEEP/jobs/ADAPT/masks?step=1", "masks SWEEP --job ADAPT --step 1")]
    public async Task A_route_answers_what_the_command_prints_as_json(string route, string command)
    {
        var printed = await site.RunAsync([.. Filled(command).Split(' '), "--json"]);
        // A program that only reads gets the same, but for the near misses of a job.
        var client = command.StartsWith("explain", StringComparison.Ordinal) ? site.Full : site.Reader;
        var answer = await ApiSite.GetAsync(client, Filled(route));

        Assert.Equal((0, 200, "application/json", null), (printed.Code, answer.Code, answer.Type, answer.Next));
        Assert.True(JsonNode.DeepEquals(printed.Json, answer.Json), $"{printed.Output}\n\n{answer.Json}");
    }

    [Fact]
    public async Task The_spec_is_the_one_that_the_sweep_was_submitted_with()
    {
        var answer = await ApiSite.GetAsync(site.Reader, $"sweeps/{site.Sweep}/spec");

        Assert.True(JsonNode.DeepEquals((await site.RunAsync("results", site.Sweep, "--runs", "--json")).Json["spec"], answer.Json));
    }

    [Theory]
    [InlineData("sweeps/SWEEP/jobs", "runs", "results SWEEP --runs", 3)]
    [InlineData("sweeps", null, "list", 1)]
    public async Task A_list_comes_in_pages_each_of_which_leads_to_the_next(string route, string? key, string command, int limit)
    {
        var printed = (await site.RunAsync([.. Filled(command).Split(' '), "--json"])).Json;
        var (all, pages) = (new JsonArray(), 0);
        for (var next = $"{Filled(route)}?limit={limit}"; next is not null; pages++)
        {
            var answer = await ApiSite.GetAsync(site.Reader, next);
            var items = (key is null ? answer.Json : answer.Json![key])!.AsArray();
            Assert.InRange(items.Count, 1, limit);
            foreach (var item in items) all.Add(item!.DeepClone());
            next = answer.Next;
        }

        var expected = (key is null ? printed : printed[key])!.AsArray();
        Assert.True(JsonNode.DeepEquals(expected, all), $"{expected}\n\n{all}");
        Assert.Equal((expected.Count + limit - 1) / limit, pages);
    }

    [Fact]
    public async Task The_pages_of_the_latest_sweep_go_on_in_that_sweep_whatever_is_submitted_meanwhile()
    {
        var latest = (string?)(await ApiSite.GetAsync(site.Reader, "sweeps/latest")).Json!["sweep"];
        var answer = await ApiSite.GetAsync(site.Reader, $"sweeps/small/jobs?limit=2");

        Assert.NotEqual(latest, site.Sweep);
        Assert.Equal($"/api/v1/sweeps/{site.Sweep}/jobs?limit=2&after=2", answer.Next);
    }

    [Fact]
    public async Task A_program_that_only_reads_gets_a_job_without_the_search_for_near_misses()
    {
        var route = Filled("sweeps/SWEEP/jobs/ADAPT");
        var (read, full) = ((await ApiSite.GetAsync(site.Reader, route)).Json!, (await ApiSite.GetAsync(site.Full, route)).Json!);

        Assert.Null(read["nearest"]);
        full.AsObject().Remove("nearest");
        read.AsObject().Remove("nearest");
        Assert.True(JsonNode.DeepEquals(full, read), $"{full}\n\n{read}");
    }

    [Theory]
    [InlineData("sweeps/smal-12345678", "status smal-12345678")]
    [InlineData("sweeps/nothing-like-it/results", "results nothing-like-it")]
    [InlineData("sweeps/SWEEP/jobs/ffffffffffffffff", "explain SWEEP --job ffffffffffffffff")]
    [InlineData("sweeps/SWEEP/jobs/none/curve", "curves SWEEP --job none")]
    public async Task What_is_not_there_is_answered_with_404_and_the_commands_words(string route, string command)
    {
        var printed = await site.RunAsync(Filled(command).Split(' '));
        var answer = await ApiSite.GetAsync(site.Reader, Filled(route));

        Assert.Equal((2, 404, "application/problem+json"), (printed.Code, answer.Code, answer.Type));
        Assert.Contains(answer.Detail, printed.Error, StringComparison.Ordinal);
        Assert.Equal((404, "Not Found"), ((int)answer.Json!["status"]!, (string)answer.Json["title"]!));
    }

    [Theory]
    [InlineData("sweeps?stat=failed", "stat: there is no such parameter (did you mean 'state'?)")]
    [InlineData("sweeps?state=complete", "state: found 'complete' (did you mean 'completed'?); write ")]
    [InlineData("sweeps?sort=newest", "sort: found 'newest'; write submitted, name, ")]
    [InlineData("sweeps?tag=%20", "tag: found ' '; write ")]
    [InlineData("sweeps?limit=0", "limit: found '0'; write a whole number from 1 to 1000.")]
    [InlineData("sweeps?limit=1&limit=2", "limit: found 2 values; write one.")]
    [InlineData("sweeps?after=none-00000000", "after: found 'none-00000000', which is not a sweep")]
    [InlineData("sweeps/SWEEP/jobs?limit=1001", "limit: found '1001'; write a whole number from 1 to 1000.")]
    [InlineData("sweeps/SWEEP/jobs?after=-1", "after: found '-1'; write a whole number of 0 or more.")]
    [InlineData("sweeps/SWEEP?limit=1", "limit: there is no such parameter; this route has no parameters.")]
    [InlineData("sweeps/SWEEP/jobs/ADAPT/masks?step=99", "the job has ")]
    [InlineData("sweeps/SWEEP/jobs/ZERO/masks", "has no masks, since only adapt prunes context tokens")]
    public async Task What_cannot_be_asked_is_answered_with_400_and_what_to_write(string route, string words)
    {
        var answer = await ApiSite.GetAsync(site.Reader, Filled(route));

        Assert.Equal((400, "application/problem+json"), (answer.Code, answer.Type));
        Assert.Contains(words, answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_lies_behind_the_last_job_is_nothing_and_leads_nowhere()
    {
        var answer = await ApiSite.GetAsync(site.Reader, $"sweeps/{site.Sweep}/jobs?after=100000");

        Assert.Equal((200, 0, null), (answer.Code, answer.Json!["runs"]!.AsArray().Count, answer.Next));
    }

    [Fact]
    public async Task A_route_that_is_none_names_where_the_routes_are()
    {
        var answer = await ApiSite.GetAsync(site.Reader, "sweep/small");

        Assert.Equal((404, "GET /api/v1/sweep/small: there is no such route; /api/openapi.json lists all routes."),
            (answer.Code, answer.Detail));
    }

    [Theory]
    [InlineData("DELETE", "sweeps", "GET, POST", "DELETE /api/v1/sweeps: use GET or POST for this route.")]
    [InlineData("GET", "plan", "POST", "GET /api/v1/plan: use POST for this route.")]
    [InlineData("PUT", "sweeps/none/jobs/1/masks", "GET", "PUT /api/v1/sweeps/none/jobs/1/masks: use GET for this route.")]
    public async Task A_route_that_lacks_a_method_names_those_it_has(string method, string route, string allowed, string words)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(route, UriKind.Relative));
        using var answer = await site.Full.SendAsync(request, TestContext.Current.CancellationToken);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

        Assert.Equal((405, allowed), ((int)answer.StatusCode, string.Join(", ", answer.Content.Headers.Allow)));
        Assert.Equal((405, words), ((int)problem["status"]!, (string?)problem["detail"]));
    }

    [Fact]
    public async Task The_next_page_is_found_when_the_last_sweep_has_left_the_list_meanwhile()
    {
        var all = (await ApiSite.GetAsync(site.Reader, "sweeps")).Json!.AsArray();
        var tagged = await ApiSite.GetAsync(site.Reader, $"sweeps?tag=kept&after={(string?)all[0]!["sweep"]}");
        var ended = await ApiSite.GetAsync(site.Reader, $"sweeps?state=failed&after={site.Sweep}");

        // The newest has no tag, as if it had lost it; the tagged one is older.
        Assert.Equal((200, site.Sweep), (tagged.Code, (string?)Assert.Single(tagged.Json!.AsArray())!["sweep"]));
        Assert.Equal((200, 0), (ended.Code, ended.Json!.AsArray().Count));
    }

    private string Filled(string text) => text.Replace("SWEEP", site.Sweep, StringComparison.Ordinal)
        .Replace("ADAPT", site.Adapt, StringComparison.Ordinal).Replace("ZERO", site.ZeroShot, StringComparison.Ordinal);
}
