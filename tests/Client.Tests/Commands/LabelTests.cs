namespace AdaptCluster.Client.Tests.Commands;

/// <summary><c>sweep note</c>, <c>tag</c> and <c>rename</c>, and where what they say is shown.</summary>
public sealed class LabelTests
{
    private const string ZeroShot =
        """{"backbone": "tiny-clip", "shots": 1, "seeds": [1], "datasets": ["tiny-kinds"], "arms": [{"method": "zero-shot"}]}""";

    [Fact]
    public async Task A_sweep_gets_a_note_tags_and_a_name_that_every_look_at_it_shows()
    {
        using var home = new TemporaryHome();
        using var silo = SweepProcess.Start(home, "serve", "--gateway-port", $"{FreePort.Find()}");
        await silo.WaitForErrorAsync("silo ready");
        foreach (var name in (string[])["one", "two"])
            await RunAsync(home, "submit", home.Write("spec.json", ZeroShot), "--name", name);
        Assert.DoesNotContain("note", await RunAsync(home, "list"), StringComparison.Ordinal);
        var id = (string)(await SweepProcess.RunAsync(home, "list", "--json")).Json[1]!["id"]!;

        await RunAsync(home, "note", "one", "table 1, \"second\" draft");
        // Short options that stand at the beginning of a word are none.
        await RunAsync(home, "tag", "one", "+old", "+holdout");
        await RunAsync(home, "tag", "one", "+paper", "-draft", "camera/ready", "-old", "-holdout");
        await RunAsync(home, "note", "two", "@ada: -only a try");
        var renamed = await RunAsync(home, "rename", "one", "Tiny, ten epochs");

        Assert.Equal($"{id}: name Tiny, ten epochs; tags camera/ready paper; note table 1, \"second\" draft", renamed);
        var listed = await RunAsync(home, "list", "--tag", "paper");
        Assert.Contains(id, listed, StringComparison.Ordinal);
        Assert.Contains("Tiny, ten epochs", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("two-", listed, StringComparison.Ordinal);
        Assert.Contains("tags camera/ready paper", await RunAsync(home, "status", "one"), StringComparison.Ordinal);
        var summary = (await SweepProcess.RunAsync(home, "status", id, "--json")).Json["summary"]!;
        Assert.Equal(("Tiny, ten epochs", "table 1, \"second\" draft", "camera/ready paper"), ((string)summary["name"]!,
            (string)summary["note"]!, string.Join(' ', summary["tags"]!.AsArray().Select(tag => (string)tag!))));
        Assert.Equal("Tiny, ten epochs", (string?)(await SweepProcess.RunAsync(home, "results", id, "--json")).Json["name"]);
        Assert.Equal([id], (await SweepProcess.RunAsync(home, "list", "--tag", "paper", "--json")).Json.AsArray()
            .Select(sweep => (string)sweep!["id"]!));

        // The same spec is the same sweep, whatever it is called now.
        await RunAsync(home, "submit", "spec.json", "--name", "one");
        await RunAsync(home, "note", "one", "");
        var last = (await SweepProcess.RunAsync(home, "tag", "one", "-paper", "--json")).Json["summary"]!;
        Assert.Equal(("Tiny, ten epochs", null, "camera/ready"), ((string?)last["name"], (string?)last["note"], (string?)last["tags"]![0]));
        var none = await SweepProcess.RunAsync(home, "list", "--tag", "paper");
        Assert.Equal((0, "no sweep has the tag paper; 'sweep tag SWEEP +paper' adds it to a sweep."), (none.Code, none.Error));
    }

    [Theory]
    [InlineData("TEXT: found '\\u001b[31mred'; write one line of printable characters.", "note", "latest", "\u001b[31mred")]
    [InlineData("TEXT: found 'two\\u000alines'; write one line of printable characters.", "note", "latest", "two\nlines")]
    [InlineData("NAME: found an empty value; write the sweep's new name.", "rename", "latest", " ")]
    [InlineData("TAG: found 'two words'; write 1 to 40 letters", "tag", "latest", "+two words")]
    [InlineData("TAG: found both +a and -a; use only one of them.", "tag", "latest", "+a", "-a")]
    [InlineData("--tag: found 'a b'; write 1 to 40 letters", "list", "--tag", "a b")]
    public async Task What_cannot_be_shown_is_refused_in_words(string message, params string[] arguments)
    {
        using var home = new TemporaryHome();
        var refused = await SweepProcess.RunAsync(home, arguments);
        Assert.Equal((2, ""), (refused.Code, refused.Output));
        Assert.Contains(message, refused.Error, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(TemporaryHome home, params string[] arguments)
    {
        var ended = await SweepProcess.RunAsync(home, arguments);
        Assert.True(ended.Code == 0, ended.Error);
        return ended.Output;
    }
}
