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

    private static SweepSearch Search(TestStore store) => new(store.Store);

    private static async Task<string[]> NamesAsync(TestStore store, SweepQuery query) =>
        [.. (await Search(store).FindAsync(query)).Sweeps.Select(line => line.Summary.Name)];

    private static SweepPlan Plan(string name) =>
        SweepStoreTests.Plan($$"""{"name": "{{name}}", "datasets": ["dtd"], "seeds": [1, 2], "arms": [{"method": "zero-shot"}]}""");
}
