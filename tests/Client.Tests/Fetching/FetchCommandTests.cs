using AdaptCluster.Local.Commands;
using AdaptCluster.Local.Fetching;

namespace AdaptCluster.Client.Tests.Fetching;

/// <summary><c>sweep datasets fetch</c> as people run it, against a mirror on the loopback interface.</summary>
public sealed class FetchCommandTests : IDisposable
{
    private readonly TemporaryHome _home = new();

    private string Root { get; }

    public FetchCommandTests()
    {
        Root = Directory.CreateDirectory(Path.Combine(_home.Folder, "data")).FullName;
        // Whatever proxy the machine has is not asked.
        foreach (var name in (string[])["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "HF_ENDPOINT"])
            _home.Environment[name] = "";
    }

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_whole_data_set_is_fetched_unpacked_checked_and_left_alone_afterwards()
    {
        var archive = WholeTextures();
        await using var server = new MirrorServer(asked => MirrorServer.Linked(asked, archive));

        var fetched = await FetchAsync(server, "dtd", "--json");

        Assert.True(fetched.Code == 0, fetched.Error + fetched.Output);
        var report = Assert.Single(fetched.Json.AsArray())!;
        Assert.Equal(("fetched", "mirror", MirrorServer.Sha256(archive)),
            ((string?)report["state"], (string?)report["sha256From"], (string?)report["sha256"]));
        Assert.Equal((47 * 120, archive.Length, true), ((int)report["files"]!, (int)report["bytes"]!, (bool)report["check"]!["complete"]!));
        // Neither the archive nor anything else of the work is left, but for the lock.
        Assert.Equal([FetchPlace.HiddenName, "dtd"],
            Directory.GetFileSystemEntries(Root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal([Path.Combine(Root, FetchPlace.HiddenName, "dtd.lock")],
            Directory.GetFileSystemEntries(Path.Combine(Root, FetchPlace.HiddenName)));

        var again = await FetchAsync(server, "dtd");
        Assert.Equal(0, again.Code);
        Assert.Contains("already exists in ", again.Output, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task The_verdict_of_the_check_is_that_of_the_command_and_one_failure_keeps_none_from_being_fetched()
    {
        var archive = Archives.OfFolder(MiniatureTrees.Make(_home.Folder, "dtd"));
        await using var server = new MirrorServer(asked => asked.Target == "/dtd.zip"
            ? MirrorServer.Linked(asked, archive) : new Reply(404, []));

        var fetched = await FetchAsync(server, "eurosat", "dtd");

        Assert.Equal(1, fetched.Code);
        Assert.Contains("eurosat.zip responded with 404", fetched.Error, StringComparison.Ordinal);
        Assert.Contains("from the mirror itself and not confirmed by the catalogue", fetched.Output, StringComparison.Ordinal);
        Assert.Contains("dtd             not complete: 3 classes", fetched.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await FetchAsync(server, "dtd")).Code);

        File.WriteAllText(Path.Combine(Root, "dtd", "mine.txt"), "");
        Assert.Equal(1, (await FetchAsync(server, "dtd", "--force", "--keep-archive")).Code);
        Assert.False(File.Exists(Path.Combine(Root, "dtd", "mine.txt")));
        Assert.Equal(archive, File.ReadAllBytes(Path.Combine(Root, FetchPlace.HiddenName, "dtd.zip")));
    }

    [Fact]
    public async Task What_came_before_a_kill_is_not_fetched_again()
    {
        var archive = Archives.OfFolder(MiniatureTrees.Make(_home.Folder, "dtd"));
        await using var server = new MirrorServer(
            asked => MirrorServer.Linked(asked, archive) with { StopsAt = 10_000, Stalls = true });
        var part = Path.Combine(Root, FetchPlace.HiddenName, "dtd.zip.part");
        using (var killed = SweepProcess.Start(_home, Line(server, "dtd")))
        {
            while (!File.Exists(part) || new FileInfo(part).Length < 10_000)
            {
                Assert.False(killed.HasExited, killed.Error);
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
            killed.Kill();
            await killed.EndAsync();
        }
        server.Answer = asked => MirrorServer.Linked(asked, archive);

        var fetched = await FetchAsync(server, "dtd", "--json");

        Assert.Equal(10_000, (int)Assert.Single(fetched.Json.AsArray())!["keptBytes"]!);
        Assert.Equal([null, 10_000], server.Requests.Select(asked => asked.From));
        Assert.True(Directory.Exists(Path.Combine(Root, "dtd", "images")));
    }

    [Fact]
    public async Task A_dry_run_contacts_nobody_unless_told_to_ask()
    {
        await using var server = new MirrorServer(asked => MirrorServer.Linked(asked, [1, 2, 3]));

        var shown = await FetchAsync(server, "all", "--dry-run");
        Assert.Equal(0, shown.Code);
        Assert.Empty(server.Requests);
        Assert.Contains($"stanford-cars   would be fetched: 1.8 GiB from {server.Url}/stanford_cars.zip", shown.Output,
            StringComparison.Ordinal);
        Assert.Contains(", from the catalogue", shown.Output, StringComparison.Ordinal);
        Assert.Contains("dtd             would be fetched: unknown size", shown.Output, StringComparison.Ordinal);
        Assert.Contains($"into {Path.Combine(Root, "dtd")}; ", shown.Output, StringComparison.Ordinal);

        var asked = (await FetchAsync(server, "dtd", "ucf101", "--dry-run", "--ask", "--json")).Json.AsArray();
        Assert.Equal(["HEAD", "HEAD"], server.Requests.Select(request => request.Method));
        Assert.Equal((3, "mirror"), ((int)asked[0]!["bytes"]!, (string?)asked[0]!["sha256From"]));
        Assert.Contains("it would be refused", (string)asked[1]!["notes"]![0]!, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Root));
    }

    [Fact]
    public async Task CoOps_spellings_name_the_same_data_sets()
    {
        await using var server = new MirrorServer(_ => new Reply(404, []));

        var shown = await FetchAsync(server, "oxford_pets", "DescribableTextures", "dtd", "--dry-run", "--json");

        Assert.Equal(["oxford-pets", "dtd"], shown.Json.AsArray().Select(report => (string?)report!["name"]));
        Assert.Contains("ImageNet is only available to people",
            (await FetchAsync(server, "ImageNet", "--dry-run")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_one_data_sets_and_the_others_are_reported()
    {
        var archive = Archives.OfFolder(MiniatureTrees.Make(_home.Folder, "dtd"));
        await using var server = new MirrorServer(asked => MirrorServer.Linked(asked, archive));
        Directory.CreateDirectory(Path.Combine(Root, FetchPlace.HiddenName, "eurosat.zip.part"));

        var fetched = await FetchAsync(server, "eurosat", "dtd", "--json");

        Assert.Equal(1, fetched.Code);
        Assert.Contains("eurosat: ", fetched.Error, StringComparison.Ordinal);
        Assert.Contains("run the same command again", fetched.Error, StringComparison.Ordinal);
        Assert.Equal("dtd", (string?)Assert.Single(fetched.Json.AsArray())!["name"]);
    }

    [Theory]
    [InlineData("ADAPTCLUSTER_MIRROR")]
    [InlineData("HF_ENDPOINT")]
    public async Task The_named_mirror_is_asked_for_its_pinned_revision_at_another_endpoint(string variable)
    {
        await using var server = new MirrorServer(_ => new Reply(404, []));
        _home.Environment[variable] = server.Url;

        var refused = await SweepProcess.RunAsync(_home, "datasets", "fetch", "ucf101", "--to", Root);

        Assert.Equal(1, refused.Code);
        Assert.Equal("/zhengli97/prompt_learning_dataset/resolve/ceb3112337fb6e1bf71534e355ca5569b63f19a6/ucf101.zip",
            Assert.Single(server.Requests).Target);
    }

    [Fact]
    public async Task A_proxy_is_used_except_for_hosts_that_are_named()
    {
        var archive = Archives.OfFolder(MiniatureTrees.Make(_home.Folder, "dtd"));
        await using var proxy = new MirrorServer(asked => MirrorServer.Linked(asked, archive));
        await using var server = new MirrorServer(asked => MirrorServer.Linked(asked, archive));
        _home.Environment["http_proxy"] = proxy.Url;
        _home.Environment["NO_PROXY"] = "127.0.0.1";

        var fetched = await SweepProcess.RunAsync(_home, "datasets", "fetch", "dtd", "--from", "http://mirror.test/sets", "--to", Root);

        Assert.Contains("fetched:", fetched.Output, StringComparison.Ordinal);
        Assert.Equal("http://mirror.test/sets/dtd.zip", Assert.Single(proxy.Requests).Target);
        await FetchAsync(server, "dtd", "--force");
        Assert.Single(server.Requests);
        Assert.Single(proxy.Requests);
    }

    [Theory]
    [InlineData("NAME: found 'imagenet'; write one of caltech101, dtd", "imagenet")]
    [InlineData("--from: found 'nobody'; write a URL (https://…), or a mirror's name: zhengli97/prompt_learning_dataset",
        "dtd", "--from", "nobody")]
    [InlineData("--from: found 'ftp://a/b'; write a URL that begins with", "dtd", "--from", "ftp://a/b")]
    [InlineData("--from: the URL contains a user name or password", "dtd", "--from", "https://me:secret@a/b")]
    [InlineData("--to: there is no folder /absent", "dtd", "--to", "/absent")]
    [InlineData("--sha256: found 'abc'; write 64 hexadecimal digits", "dtd", "--sha256", "abc")]
    [InlineData("--sha256 aaaa", "ucf101", "--sha256", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("--sha256: applies to one archive", "dtd", "eurosat", "--sha256",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("--ask: requires --dry-run", "dtd", "--ask")]
    [InlineData("--timeout: found '0'; write a number of seconds above 0", "dtd", "--timeout", "0")]
    [InlineData("bad.json: $.sets[0].folder: found '../x'", "dtd", "--catalogue", "bad.json")]
    public async Task Bad_input_is_refused_in_words(string expected, params string[] words)
    {
        _home.Write("bad.json", """{"sets": [{"name": "dtd", "file": "dtd.zip", "folder": "../x"}]}""");

        var refused = await SweepProcess.RunAsync(_home, ["datasets", "fetch", .. words]);

        Assert.Equal(2, refused.Code);
        Assert.Contains(expected, refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_catalogue_of_ones_own_pins_and_bounds_archives_and_space_is_refused_with_numbers()
    {
        await using var server = new MirrorServer(asked => MirrorServer.Good(asked, [1, 2, 3]));
        var enormous = 1L << 60;
        _home.Write("mine.json", $$"""
            {
              "mirrors": [{"name": "lab", "endpoint": "{{server.Url}}", "path": "sets/{file}", "licence": "ours"}],
              "sets": [{"name": "dtd", "file": "my-dtd.zip", "folder": "dtd", "bytes": {{enormous}}, "mostBytes": {{enormous}},
                        "sha256": "{{new string('b', 64)}}"}]
            }
            """);
        var shown = await SweepProcess.RunAsync(_home, "datasets", "fetch", "dtd", "--catalogue", "mine.json", "--to", Root, "--dry-run");
        Assert.Contains($"{server.Url}/sets/my-dtd.zip", shown.Output, StringComparison.Ordinal);
        Assert.Contains("needed: NOT ENOUGH", shown.Output, StringComparison.Ordinal);
        Assert.Contains("licence: ours", shown.Output, StringComparison.Ordinal);

        server.Answer = asked => MirrorServer.Good(asked, [1, 2, 3]) with { HidesLength = true };
        var refused = await SweepProcess.RunAsync(_home, "datasets", "fetch", "dtd", "--catalogue", "mine.json", "--to", Root);

        Assert.Equal(1, refused.Code);
        Assert.Contains("dtd: needs 1073741824.0 GiB for the archive and about 1073741824.0 GiB unpacked, but ", refused.Error,
            StringComparison.Ordinal);
        Assert.Equal([Path.Combine(Root, FetchPlace.HiddenName, "dtd.lock")],
            Directory.GetFiles(Root, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void The_catalogue_has_the_ten_sets_that_have_a_mirror()
    {
        var sets = FetchCatalogue.Embedded.Sets;

        Assert.Equal(MiniatureTrees.All.Except(["imagenet"]), sets.Select(set => set.Name));
        Assert.Equal(sets.Select(set => set.Folder),
            sets.Select(set => Path.GetFileName(MiniatureTrees.Make(Path.Combine(_home.Folder, "trees"), set.Name))));
        Assert.Equal(FetchCommand.DefaultMirror, FetchCatalogue.Embedded.Mirrors[0].Name);
    }

    /// <summary>DTD with as many classes and images as are published, all of them the same small photo.</summary>
    private byte[] WholeTextures()
    {
        var photo = File.ReadAllBytes(Directory.GetFiles(Path.Combine(MiniatureTrees.Make(_home.Folder, "dtd"), "images", "banded"))[0]);
        return Archives.Of(Enumerable.Range(0, 47).SelectMany(label =>
            Enumerable.Range(0, 120).Select(i =>
                ($"dtd/images/kind-{(char)('a' + (label / 26))}{(char)('a' + (label % 26))}/{i}.jpg", photo))));
    }

    private string[] Line(MirrorServer server, params string[] words) =>
        ["datasets", "fetch", .. words, "--from", server.Url, "--to", Root];

    private Task<SweepProcess.Ended> FetchAsync(MirrorServer server, params string[] words) =>
        SweepProcess.RunAsync(_home, Line(server, words));
}
