using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>What users notice of each other's long plans: a gate in the catalogue stands for the minutes that a large spec takes.</summary>
public sealed class FrontGrainTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly GatedCatalog _catalog = new();
    private readonly GrainHost _host;

    public FrontGrainTests() => _host = new GrainHost { Catalog = _catalog };

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        _catalog.Gate.Set();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Reads_answer_while_as_many_submissions_plan_as_there_are_cores_and_one_more()
    {
        _catalog.Gate.Set();
        var first = await SubmitAsync("first", "ada");
        _catalog.Gate.Reset();
        var submissions = Enumerable.Range(0, Environment.ProcessorCount + 1).Select(i => SubmitAsync($"long-{i}", $"user-{i}")).ToArray();
        await _catalog.Entered.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(first, await _host.Front.FindAsync("first").WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(first.Value, Assert.Single(await _host.Front.ListAsync().WaitAsync(Patience, TestContext.Current.CancellationToken))
            .Id);
        Assert.NotEmpty((await _host.Front.ClusterAsync().WaitAsync(Patience, TestContext.Current.CancellationToken)).Silos);

        Assert.DoesNotContain(submissions, submission => submission.IsCompleted);
        _catalog.Gate.Set();
        Assert.Equal(submissions.Length, (await Task.WhenAll(submissions)).Distinct().Count());
        Assert.Equal(1, _catalog.MostAtOnce);
    }

    [Fact]
    public async Task A_user_with_four_plans_and_submissions_in_progress_is_refused_in_words_and_others_are_not()
    {
        CallerName.Set("ada@lab");
        Task[] own = [_host.Front.PlanAsync(Spec("plan"), "spec.json"),
            .. Enumerable.Range(0, 4).Select(i => SubmitAsync($"own-{i}", "ada@lab"))];

        // Nothing is planned while the gate is shut, so the first of five that ends is the refused one.
        var first = await Task.WhenAny(own).WaitAsync(Patience, TestContext.Current.CancellationToken);
        var refusal = await Assert.ThrowsAsync<BusyException>(() => first);
        Assert.Equal(
            "4 plans or submissions by 'ada@lab' are in progress on this silo, which is the maximum for one user; wait until one ends, and "
            + "then run the same command again.", refusal.Message);

        var other = SubmitAsync("other", "bob@lab");
        _catalog.Gate.Set();
        await Task.WhenAll([other, .. own.Except([first])]);
        await SubmitAsync("again", "ada@lab");
    }

    [Fact]
    public async Task Sweeps_are_listed_by_pages_newest_first_each_with_its_own_counts()
    {
        _catalog.Gate.Set();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Add((await SubmitAsync($"sweep-{i}", "ada")).Value);
        var all = await _host.Front.ListAsync();
        await _host.Sweep(new SweepId(all[2].Id)).CancelAsync();

        var page = await _host.Front.ListPageAsync(1, 2);

        Assert.Equal((5, 2), (page.Total, page.Sweeps.Length));
        Assert.Equal(all[1..3].Select(sweep => sweep.Id), page.Sweeps.Select(sweep => sweep.Id));
        Assert.Equal((1, SweepState.Cancelled), (page.Sweeps[1].Jobs.Total, page.Sweeps[1].State));
        Assert.Equal(ids.Order(StringComparer.Ordinal), all.Select(sweep => sweep.Id).Order(StringComparer.Ordinal));
        Assert.Empty((await _host.Front.ListPageAsync(5, 10)).Sweeps);
        await Assert.ThrowsAsync<InvalidInputException>(() => _host.Front.ListPageAsync(0, SweepListPage.MaxCount + 1));
        await Assert.ThrowsAsync<InvalidInputException>(() => _host.Front.ListPageAsync(-1, 10));
    }

    private Task<SweepId> SubmitAsync(string name, string user) => _host.Front.SubmitAsync(Spec(name), "spec.json", new SubmitOptions
    {
        SubmittedBy = user,
    });

    private static string Spec(string name) =>
        $$"""{"name": "{{name}}", "backbone": "clip-vit-base-patch16", "shots": 4, "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}""";

    private sealed class GatedCatalog : ICatalog
    {
        private readonly FixedCatalog _catalog = new(("dtd", 47));
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _lock = new();
        private int _inside;

        public ManualResetEventSlim Gate { get; } = new();

        public Task Entered => _entered.Task;

        public int MostAtOnce { get; private set; }

        public BackboneInfo DescribeBackbone(string name)
        {
            lock (_lock) MostAtOnce = Math.Max(MostAtOnce, ++_inside);
            if (!Gate.IsSet) _entered.TrySetResult();
            Gate.Wait();
            lock (_lock) _inside--;
            return _catalog.DescribeBackbone(name);
        }

        public DatasetInfo DescribeDataset(DatasetSource source, int shots) => _catalog.DescribeDataset(source, shots);

        public LongestTextInfo DescribeLongestText(string backbone, DatasetSource source) => _catalog.DescribeLongestText(backbone, source);
    }
}
