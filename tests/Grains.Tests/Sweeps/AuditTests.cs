using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Lifecycle;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>Who did what to a sweep is written down before it is done, and who may only read does nothing.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    private const string Spec =
        """{"name": "watched", "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": [128, 64]}]}""";

    private readonly GrainHost _host = new() { Lasting = TimeSpan.FromHours(1) };

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Each_action_is_recorded_with_who_by_which_way_what_changed_and_the_id_of_its_call()
    {
        new Caller(CallerWay.Gateway, "ada@lab-3").Apply();
        var id = await _host.Front.SubmitAsync(Spec, "spec.json", new SubmitOptions { SubmittedBy = "ada@lab-3" });
        var sweep = _host.Sweep(id);
        new Caller(CallerWay.Oidc, "bob@lab.example").Apply();
        var call = Caller.CallId;
        await sweep.SetAsync(new ShareChange { Priority = 10, Parallel = 0, Pool = "other" });
        new Caller(CallerWay.Token, "second token").Apply();
        await sweep.PauseAsync(now: true);
        new Caller(CallerWay.Cookie, "token").Apply();
        await sweep.ResumeAsync();
        new Caller(CallerWay.Embedded, "eve@lab-4\u001b[31m").Apply();
        await sweep.CancelAsync();
        await sweep.CancelAsync();
        await sweep.RetryAsync(RetryScope.Missing);
        new Caller(CallerWay.Page, null).Apply();
        await sweep.SetAsync(new ShareChange { Priority = 10 });

        Assert.Equal(
        [
            "submit done Gateway ada@lab-3 ",
            "set done Oidc bob@lab.example priority 0 to 10, pool cpu to other",
            "pause done Token second token running jobs stop at once",
            "resume done Cookie token ",
            "cancel done Embedded eve@lab-4\\u001b[31m ",
            "cancel unchanged Embedded eve@lab-4\\u001b[31m ",
            "retry done Embedded eve@lab-4\\u001b[31m including cancelled jobs",
            "set done Page  ",
        ], await EntriesAsync(id));
        var set = (await _host.Front.AuditAsync(new AuditQuery { Sweep = id.Value })).Single(entry => entry.Way == CallerWay.Oidc);
        Assert.Equal((call, id.Value), (set.Call, set.Sweep));
    }

    [Fact]
    public async Task A_client_of_an_earlier_version_that_says_nothing_is_recorded_as_one()
    {
        var id = await _host.Front.SubmitAsync(Spec, "spec.json", new SubmitOptions { SubmittedBy = "old@lab-1" });
        await _host.Sweep(id).PauseAsync(now: false);

        Assert.Equal(["submit done Unknown old@lab-1 ", "pause done Unknown  "], await EntriesAsync(id));
    }

    [Fact]
    public async Task Who_may_only_read_changes_nothing_and_each_attempt_is_recorded()
    {
        var id = await _host.Front.SubmitAsync(Spec, "spec.json", new SubmitOptions());
        var (sweep, front) = (_host.Sweep(id), _host.Front);
        var before = await sweep.StatusAsync();
        new Caller(CallerWay.Cookie, "read token", IsReadOnly: true).Apply();

        Func<Task>[] attempts =
        [
            () => sweep.PauseAsync(now: true), sweep.CancelAsync, sweep.ResumeAsync, () => sweep.RetryAsync(RetryScope.Missing),
            () => sweep.SetAsync(new ShareChange { Priority = 1 }), () => front.ReplanAsync(id),
            () => sweep.LabelAsync(new LabelChange { Name = "mine" }),
            () => front.SubmitAsync(Spec, "spec.json", new SubmitOptions()),
            () => front.SubmitAsync("no JSON", "spec.json", new SubmitOptions()),
        ];
        foreach (var attempt in attempts)
        {
            var refusal = await Assert.ThrowsAsync<InvalidInputException>(attempt);
            Assert.StartsWith("this login has read-only access", refusal.Message, StringComparison.Ordinal);
        }
        await Assert.ThrowsAsync<InvalidInputException>(() => front.PlanAsync(Spec, "spec.json"));

        var after = await sweep.StatusAsync();
        Assert.Equal((before.Summary.State, before.Priority, before.Summary.Jobs),
            (after.Summary.State, after.Priority, after.Summary.Jobs));
        Assert.Single(await front.ListAsync());
        var refused = (await front.AuditAsync(new AuditQuery())).Where(entry => entry.Outcome == AuditOutcome.Refused).ToArray();
        Assert.Equal(attempts.Length, refused.Length);
        Assert.All(refused, entry => Assert.Equal((CallerWay.Cookie, "read token"), (entry.Way, entry.Name)));
        Assert.Equal([AuditAction.Pause, AuditAction.Cancel, AuditAction.Resume, AuditAction.Retry, AuditAction.Set, AuditAction.Replan,
            AuditAction.Label],
            refused.Where(entry => entry.Sweep == id.Value).Select(entry => entry.Action).Reverse());
    }

    [Fact]
    public async Task Names_notes_and_tags_are_recorded_as_they_change_and_refused_ones_too()
    {
        var id = await _host.Front.SubmitAsync(Spec, "spec.json", new SubmitOptions());
        var sweep = _host.Sweep(id);
        await sweep.CancelAsync();
        await sweep.LabelAsync(new LabelChange { Name = "seen", Note = "first try", Add = ["paper", "draft"] });
        await sweep.LabelAsync(new LabelChange { Note = "", Add = ["paper"], Remove = ["draft", "never-there"] });
        await sweep.LabelAsync(new LabelChange { Remove = ["draft"] });
        await Assert.ThrowsAsync<InvalidInputException>(() => sweep.LabelAsync(new LabelChange { Note = "red \u001b[31m" }));
        await Assert.ThrowsAsync<InvalidInputException>(() => sweep.LabelAsync(new LabelChange { Add = ["two words"] }));

        Assert.Equal(
        [
            "label done Unknown  name watched to seen, +draft, +paper, note first try",
            "label done Unknown  -draft, no note",
            "label unchanged Unknown  ",
            "label refused Unknown  TEXT: found 'red \\u001b[31m'; write one line of printable characters.",
            $"label refused Unknown  TAG: found 'two words'; write {SweepLabels.TagRule}.",
        ], (await EntriesAsync(id))[^5..]);
        var summary = (await sweep.StatusAsync()).Summary;
        Assert.Equal(("seen", null, "paper"), (summary.Name, summary.Note, Assert.Single(summary.Tags)));
        var listed = Assert.Single((await _host.Front.ListTaggedAsync("paper", 0, 10)).Sweeps);
        Assert.Equal((id.Value, "seen", "paper"), (listed.Id, listed.Name, Assert.Single(listed.Tags)));
        Assert.Empty((await _host.Front.ListTaggedAsync("draft", 0, 10)).Sweeps);
    }

    [Fact]
    public async Task What_a_state_does_not_allow_is_recorded_as_refused()
    {
        var id = await _host.Front.SubmitAsync(Spec, "spec.json", new SubmitOptions());
        await _host.Sweep(id).CancelAsync();

        await Assert.ThrowsAsync<InvalidInputException>(() => _host.Sweep(id).PauseAsync(now: false));

        Assert.Contains((await EntriesAsync(id))[^1], new[]
        {
            $"pause refused Unknown  sweep {id} is cancelled and cannot be paused; 'sweep status {id}' shows its state.",
        });
    }

    [Fact]
    public async Task Nothing_is_done_that_cannot_be_recorded()
    {
        var id = await _host.Front.SubmitAsync(Spec, "spec.json", new SubmitOptions());
        await _host.ExecuteAsync("ALTER TABLE audit RENAME TO hidden");

        await Assert.ThrowsAnyAsync<AdaptClusterException>(_host.Sweep(id).CancelAsync);
        await _host.ExecuteAsync("ALTER TABLE hidden RENAME TO audit");

        Assert.Equal(SweepState.Running, (await _host.Sweep(id).StatusAsync()).Summary.State);
    }

    [Fact]
    public async Task A_submission_that_cannot_be_recorded_leaves_no_sweep()
    {
        await _host.ExecuteAsync("ALTER TABLE audit RENAME TO hidden");
        await Assert.ThrowsAnyAsync<AdaptClusterException>(() => _host.Front.SubmitAsync(Spec, "spec.json", new SubmitOptions()));
        await _host.ExecuteAsync("ALTER TABLE hidden RENAME TO audit");

        Assert.Empty(await _host.Front.ListAsync());
    }

    private async Task<string[]> EntriesAsync(SweepId id) =>
        [.. (await _host.Front.AuditAsync(new AuditQuery { Sweep = id.Value })).Reverse().Select(entry =>
            $"{AdaptClusterJson.Name(entry.Action)} {AdaptClusterJson.Name(entry.Outcome)} {entry.Way} {entry.Name} {entry.Detail}")];
}
