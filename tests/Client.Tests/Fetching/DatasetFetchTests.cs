using AdaptCluster.Contracts;
using AdaptCluster.Local.Fetching;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Client.Tests.Fetching;

/// <summary>A data set's way from the mirror to its folder: what a run that failed leaves, and what the next one makes of it.</summary>
public sealed class DatasetFetchTests : IDisposable
{
    // Zeros are packed far better than photos.
    private static readonly FetchSet Set = new() { Name = "dtd", File = "dtd.zip", Folder = "dtd", MostRatio = 1e6 };

    private readonly string _root = Directory.CreateTempSubdirectory("adaptcluster-dataset-").FullName;
    private readonly byte[] _content = Archives.Of([("dtd/zeros.bin", new byte[100_000])]);

    private string Archive => Path.Combine(_root, FetchPlace.HiddenName, "dtd.zip");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_archive_that_was_not_unpacked_is_not_fetched_again(bool isLinked)
    {
        await using var server = Server(isLinked);
        var order = Order(server) with { MayBeUnverified = !isLinked };

        await FailAsync(server, order);
        var report = await RunAsync(order);

        Assert.Single(server.Requests);
        Assert.Equal((FetchState.Fetched, isLinked ? HashOrigin.Mirror : HashOrigin.Unknown, MirrorServer.Sha256(_content), 1),
            (report.State, report.Sha256From, report.Sha256, report.Files ?? 0));
        Assert.Equal(_content.Length, report.KeptBytes);
        Assert.Equal(["dtd.lock"], Hidden());
    }

    [Fact]
    public async Task An_archive_that_was_taken_as_it_came_is_not_taken_again_untold()
    {
        await using var server = Server(isLinked: false);
        var order = Order(server);

        await FailAsync(server, order with { MayBeUnverified = true });

        var error = await Assert.ThrowsAsync<InvalidInputException>(() => RunAsync(order));
        Assert.Contains("accept the file with --unverified", error.Message, StringComparison.Ordinal);
        Assert.Equal(_content, await File.ReadAllBytesAsync(Archive, Token));
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("another mirror")]
    [InlineData("unknown")]
    public async Task An_archive_that_is_another_one_is_fetched_anew(string what)
    {
        await using var server = Server(isLinked: true);
        await FailAsync(server, Order(server));
        if (what == "changed") await File.AppendAllTextAsync(Archive, "x", Token);
        if (what == "unknown") File.Delete($"{Archive}.json");

        var order = Order(server);
        if (what == "another mirror") order = order with { Source = new FetchSource($"{server.Url}/other/{{file}}", null, null) };
        var report = await RunAsync(order);

        Assert.Equal((2, 0L), (server.Requests.Count, report.KeptBytes));
        Assert.Equal(100_000, new FileInfo(Path.Combine(_root, "dtd", "zeros.bin")).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refused_archive_is_deleted_unless_archives_are_kept(bool isKept)
    {
        var bad = Archives.Of([("other/zeros.bin", [1, 2, 3])]);
        await using var server = new MirrorServer(asked => MirrorServer.Linked(asked, bad));
        var order = Order(server) with { KeepsArchive = isKept };

        var error = await Assert.ThrowsAsync<AdaptClusterException>(() => RunAsync(order));

        Assert.Contains("is outside the archive's folder 'dtd'; the archive ", error.Message, StringComparison.Ordinal);
        Assert.Contains(isKept ? $"stays in {Archive}; " : "is deleted; ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("; choose another mirror with --from.", error.Message, StringComparison.Ordinal);
        string[] left = isKept ? ["dtd.lock", "dtd.zip"] : ["dtd.lock"];
        Assert.Equal(left, Hidden());
        Assert.False(Path.Exists(Path.Combine(_root, "dtd")));
    }

    [Fact]
    public async Task A_folder_that_a_killed_process_had_set_aside_is_put_back_and_not_fetched()
    {
        await using var server = Server(isLinked: true);
        Directory.CreateDirectory(Path.Combine(_root, FetchPlace.HiddenName, "dtd.old"));

        var report = await RunAsync(Order(server));

        Assert.Equal(FetchState.Present, report.State);
        Assert.Empty(server.Requests);
        Assert.True(Directory.Exists(Path.Combine(_root, "dtd")));
    }

    [Theory]
    [InlineData("""{"sets": null}""", "$.sets")]
    [InlineData("""{"sets": [null]}""", "$.sets[0]: found null")]
    [InlineData("""{"mirrors": null, "sets": []}""", "$.mirrors")]
    [InlineData("""{"mirrors": [null], "sets": []}""", "$.mirrors[0]: found null")]
    [InlineData("""{"sets": [{"name": "dtd", "file": null, "folder": "dtd"}]}""", "$.sets[0].file")]
    [InlineData("""{"sets": [{"name": "dtd", "file": "dtd.zip", "folder": "dtd", "contents": {"a.txt": null}}]}""",
        "$.sets[0].contents['a.txt']: found null")]
    [InlineData("""{"sets": [{"name": "dtd", "file": "dtd.zip", "folder": "dtd", "mostFiles": 0}]}""", "$.sets[0]: ")]
    [InlineData("""{"sets": [{"name": "a", "file": "a.zip", "folder": "x"}, {"name": "b", "file": "b.zip", "folder": "X"}]}""",
        "$.sets: the folder 'x' occurs twice")]
    [InlineData("""{"sets": [{"name": "a", "file": "a.zip", "folder": "x"}, {"name": "b", "file": "a.zip", "folder": "y"}]}""",
        "$.sets: the file 'a.zip' occurs twice")]
    public async Task A_catalogue_with_nulls_or_a_place_for_two_is_refused_with_file_and_path(string json, string expected)
    {
        var file = Path.Combine(_root, "mine.json");
        await File.WriteAllTextAsync(file, json, Token);

        var error = await Assert.ThrowsAsync<InvalidInputException>(() => FetchCatalogue.ReadAsync(file, Token));

        Assert.StartsWith($"{file}: {expected}", error.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private MirrorServer Server(bool isLinked) =>
        new(asked => isLinked ? MirrorServer.Linked(asked, _content) : MirrorServer.Good(asked, _content));

    private FetchOrder Order(MirrorServer server) => new()
    {
        Source = new FetchSource($"{server.Url}/{{file}}", null, null),
        Root = _root,
        FreeBytes = _ => 1L << 40,
    };

    private string[] Hidden() => [.. Directory.GetFileSystemEntries(Path.Combine(_root, FetchPlace.HiddenName))
        .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Fetches an archive that there is space for, though not for its files.</summary>
    private async Task FailAsync(MirrorServer server, FetchOrder order)
    {
        var error = await Assert.ThrowsAsync<AdaptClusterException>(() => RunAsync(order with { FreeBytes = _ => 3L * _content.Length }));
        Assert.Contains("unpacked, but ", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.Equal(["dtd.lock", "dtd.zip", "dtd.zip.json"], Hidden());
    }

    private static async Task<FetchReport> RunAsync(FetchOrder order)
    {
        var transfer = new TransferOptions();
        using var client = new MirrorClient(transfer.Silence);
        return await new DatasetFetch(client, transfer, new SaidProgress(), CheckAsync).RunAsync(order, Set, Token);
    }

    private static Task<DatasetReport> CheckAsync(FetchSet set, CancellationToken cancellation) =>
        Task.FromResult(new DatasetReport { Name = set.Name, Place = "", Images = "", Exists = true });
}
