using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Lifecycle;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage.Tests;

/// <summary>What people note of sweeps is kept, and finds them again, on both databases alike.</summary>
public sealed class LabelTests(PostgresServer server)
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_tag_finds_the_sweeps_that_have_just_it_newest_first_and_page_by_page(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind, server);
        foreach (var (name, tags) in ((string, string[])[])
        [
            ("one", ["paper"]), ("two", ["newspaper", "paper-2"]), ("three", ["draft", "paper", "x"]), ("four", []), ("five", ["Paper"]),
            ("six", ["p%", "pape_"]),
        ])
        {
            var id = JobIdentity.Of(Plan(name));
            await store.Store.Submissions.CreateAsync(id, Plan(name), new SubmitOptions { UseCache = false });
            await store.Store.Sweeps.SetLabelsAsync(id, new SweepLabels($"the {name}", name == "one" ? "it's \"noted\"" : null, tags));
        }

        var found = await store.Store.Sweeps.ListAsync(0, 10, "paper");
        Assert.Equal(2, found.Total);
        Assert.Equal(["the three", "the one"], found.Sweeps.Select(sweep => sweep.Name));
        Assert.Equal(["draft", "paper", "x"], found.Sweeps[0].Tags);
        Assert.Equal((null, "it's \"noted\""), (found.Sweeps[0].Note, found.Sweeps[1].Note));
        Assert.Equal("the one", Assert.Single((await store.Store.Sweeps.ListAsync(1, 1, "paper")).Sweeps).Name);
        Assert.Equal(0, (await store.Store.Sweeps.ListAsync(0, 10, "pape")).Total);
        Assert.Equal(6, (await store.Store.Sweeps.ListAsync(0, 10)).Total);
        var row = (await store.Store.Sweeps.FindAsync(JobIdentity.Of(Plan("one"))))!;
        Assert.Equal(("the one", "it's \"noted\"", "paper", "one"), (row.Sweep.Name, row.Sweep.Note, row.Sweep.Tags, row.Plan.Name));
    }

    private static SweepPlan Plan(string name) =>
        SweepStoreTests.Plan($$"""{"name": "{{name}}", "datasets": ["dtd"], "seeds": [1], "arms": [{"method": "zero-shot"}]}""");
}
