using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AdaptCluster.Storage.Tests;

/// <summary>The list of sweeps, searched, filtered and ordered where it is stored.</summary>
public sealed class SweepSearchTests(PostgresServer server)
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Sweeps_are_found_by_a_part_of_their_name_in_any_case_and_by_state(string kind)
    {
        await using var store = await WithSweepsAsync(kind, "alpha", "Alphabet", "10_a", "beta");

        Assert.Equal(["Alphabet", "alpha"], await NamesAsync(store, new SweepQuery { Text = "ALPHA" }));
        // No character of a text stands for others.
        Assert.Equal(["10_a"], await NamesAsync(store, new SweepQuery { Text = "0_" }));
        Assert.Empty(await NamesAsync(store, new SweepQuery { Text = "alp_a" }));
        Assert.Empty(await NamesAsync(store, new SweepQuery { Text = "a%a" }));
        Assert.Empty(await NamesAsync(store, new SweepQuery { Text = "'; DROP TABLE sweeps; --" }));
        Assert.Equal(["beta"], await NamesAsync(store, new SweepQuery { State = SweepState.Paused }));
        var page = await Search(store).FindAsync(new SweepQuery { Text = "alpha", Count = 1 });
        Assert.Equal((2, 4, 1), (page.Total, page.All, page.Sweeps.Length));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Each_order_has_its_reverse_and_pages_leave_nothing_out(string kind)
    {
        await using var store = await WithSweepsAsync(kind, "delta", "Alpha", "charlie", "beta");

        Assert.Equal(["beta", "charlie", "Alpha", "delta"], await NamesAsync(store, new SweepQuery()));
        Assert.Equal(["Alpha", "beta", "charlie", "delta"], await NamesAsync(store, new SweepQuery { Order = SweepOrder.Name }));
        // One that was submitted later has lasted less long.
        Assert.Equal(["beta", "charlie", "Alpha", "delta"], await NamesAsync(store, new SweepQuery { Order = SweepOrder.Duration }));
        Assert.Equal("beta", (await NamesAsync(store, new SweepQuery { Order = SweepOrder.State }))[^1]);
        foreach (var order in Enum.GetValues<SweepOrder>().Where(order => order is not (SweepOrder.State or SweepOrder.Jobs)))
        {
            var forward = await NamesAsync(store, new SweepQuery { Order = order });
            Assert.Equal(forward.Reverse(), await NamesAsync(store, new SweepQuery { Order = order, Reversed = true }));
        }
        foreach (var order in Enum.GetValues<SweepOrder>())
        {
            string[] pages = [.. await NamesAsync(store, new SweepQuery { Order = order, Count = 3 }),
                .. await NamesAsync(store, new SweepQuery { Order = order, Count = 3, From = 3 })];
            Assert.Equal(await NamesAsync(store, new SweepQuery { Order = order }), pages);
        }
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_line_says_the_data_sets_and_why_jobs_failed(string kind)
    {
        await using var store = await WithSweepsAsync(kind, "alpha");
        await store.ExecuteAsync($"UPDATE jobs SET state = {(int)JobState.Failed}, error = 'image a.jpg changed'");

        var line = Assert.Single((await Search(store).FindAsync(new SweepQuery())).Sweeps);

        Assert.Equal(["dtd"], line.Datasets);
        Assert.NotEmpty(line.Backbone);
        Assert.Equal(("image a.jpg changed", 1, 2), (line.Cause, line.Causes, line.Summary.Jobs.Failed));
        Assert.Null(line.BestValidation);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Errors_that_differ_in_numbers_alone_are_one_cause_as_on_the_page_of_the_sweep(string kind)
    {
        await using var store = await WithSweepsAsync(kind, "alpha");
        await store.ExecuteAsync(
            $"UPDATE jobs SET state = {(int)JobState.Failed}, error = 'the loss is infinite at iteration ' || (position + 7)");

        var line = Assert.Single((await Search(store).FindAsync(new SweepQuery())).Sweeps);

        Assert.Equal(("the loss is infinite at iteration 7", 1, 2), (line.Cause, line.Causes, line.Summary.Jobs.Failed));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task What_broke_off_has_no_duration(string kind)
    {
        await using var store = await WithSweepsAsync(kind, "delta", "alpha", "beta");
        await store.ExecuteAsync($"UPDATE sweeps SET state = {(int)SweepState.Interrupted} WHERE name = 'delta'");

        Assert.Equal(["delta", "beta", "alpha"], await NamesAsync(store, new SweepQuery { Order = SweepOrder.Duration }));
    }

    [Fact]
    public async Task Lines_that_are_read_beside_each_other_stay_in_order_and_are_complete()
    {
        string[] names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
        await using var store = await WithSweepsAsync("sqlite", names);

        var lines = (await Search(store).FindAsync(new SweepQuery { Order = SweepOrder.Name })).Sweeps;

        Assert.Equal(names, lines.Select(line => line.Summary.Name));
        Assert.All(lines, line => Assert.Equal(["dtd"], line.Datasets));
    }

    [Fact]
    public void What_was_found_of_ended_sweeps_is_kept_while_they_stay_as_they_are_and_not_without_a_bound()
    {
        var ended = new EndedSweepCache();
        var sweep = Summary("sweep-0", SweepState.Failed, completed: 1);
        ended.Keep(new SweepLine { Summary = sweep, BestArm = "adapt" });
        ended.Keep(new SweepLine { Summary = Summary("open", SweepState.Running, completed: 1) });

        // A new name changes nothing of it.
        Assert.Equal("adapt", ended.Find(sweep with { Name = "other" })?.BestArm);
        Assert.Null(ended.Find(sweep with { Ended = _clock.GetUtcNow().AddMinutes(1) }));
        Assert.Null(ended.Find(Summary("sweep-0", SweepState.Completed, completed: 2)));
        Assert.Null(ended.Find(Summary("open", SweepState.Running, completed: 1)));
        for (var i = 1; i <= EndedSweepCache.Most; i++)
            ended.Keep(new SweepLine { Summary = Summary($"sweep-{i}", SweepState.Failed, completed: 1) });
        Assert.Null(ended.Find(sweep));
        Assert.NotNull(ended.Find(Summary("sweep-1", SweepState.Failed, completed: 1)));
    }

    [Theory]
    [InlineData(0x0)]
    [InlineData(0x1b)]
    [InlineData(0xd800)]
    [InlineData(0xdc00)]
    public async Task A_text_that_no_name_can_have_is_refused(int character)
    {
        await using var store = await WithSweepsAsync("sqlite");

        await Assert.ThrowsAsync<InvalidInputException>(() => Search(store).FindAsync(new SweepQuery { Text = $"a{(char)character}b" }));
    }

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(0, SweepQuery.MaxCount + 1, null)]
    [InlineData(-1, 1, null)]
    [InlineData(0, 1, SweepQuery.LongestText + 1)]
    public async Task What_is_out_of_bounds_is_refused(int from, int count, int? letters)
    {
        await using var store = await WithSweepsAsync("sqlite");

        await Assert.ThrowsAsync<InvalidInputException>(() => Search(store).FindAsync(
            new SweepQuery { From = from, Count = count, Text = letters is { } length ? new string('a', length) : null }));
    }

    /// <summary>Sweeps that were submitted a minute after each other; the last one is paused.</summary>
    private async Task<TestStore> WithSweepsAsync(string kind, params string[] names)
    {
        var store = await TestStore.CreateAsync(kind, server,
            configure: services => services.AddSingleton<TimeProvider>(_clock));
        foreach (var name in names)
        {
            await store.Store.Submissions.CreateAsync(JobIdentity.Of(Plan(name)), Plan(name), new SubmitOptions { UseCache = false });
            _clock.Advance(TimeSpan.FromMinutes(1));
        }
        if (names.Length > 1) await store.Store.Sweeps.SetStateAsync(JobIdentity.Of(Plan(names[^1])), SweepState.Paused);
        return store;
    }

    private SweepSummary Summary(string id, SweepState state, int completed) => new()
    {
        Id = id,
        Name = "alpha",
        State = state,
        Submitted = DateTimeOffset.UnixEpoch,
        Jobs = new JobCounts { Total = 2, Completed = completed, Failed = 2 - completed, Cached = 0 },
        Ended = _clock.GetUtcNow(),
    };

    private static SweepSearch Search(TestStore store) => new(store.Store);

    private static async Task<string[]> NamesAsync(TestStore store, SweepQuery query) =>
        [.. (await Search(store).FindAsync(query)).Sweeps.Select(line => line.Summary.Name)];

    private static SweepPlan Plan(string name) =>
        SweepStoreTests.Plan($$"""{"name": "{{name}}", "datasets": ["dtd"], "seeds": [1, 2], "arms": [{"method": "zero-shot"}]}""");
}
