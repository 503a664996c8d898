using AdaptCluster.Contracts;
using AdaptCluster.Local.Fetching;

namespace AdaptCluster.Client.Tests.Fetching;

/// <summary>One file from a mirror: what is resumed, what is repeated, and what is refused.</summary>
public sealed class DownloadTests : IDisposable
{
    private static readonly TransferOptions Quick = new()
    {
        Retries = 3,
        FirstPause = TimeSpan.FromMilliseconds(1),
        LongestPause = TimeSpan.FromMilliseconds(5),
        Silence = TimeSpan.FromSeconds(60),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-fetch-").FullName;
    private readonly byte[] _content = Content(seed: 1, length: 50_000);
    private readonly SaidProgress _progress = new();

    private string Target => Path.Combine(_folder, "file.zip");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_cut_off_is_resumed_by_range_and_validator()
    {
        var answers = 0;
        await using var server = new MirrorServer(asked =>
            MirrorServer.Good(asked, _content) with { StopsAt = answers++ == 0 ? 20_000 : null });

        var file = await RunAsync(server, Pinned(server));

        Assert.Equal(_content, await File.ReadAllBytesAsync(Target, Token));
        Assert.Equal((50_000L, true, false), (file.Bytes, file.IsVerified, file.IsMirrorsWord));
        var rest = server.Requests.Last();
        Assert.Equal(("bytes=20000-", "\"one\"", "identity"),
            (rest.Headers["Range"], rest.Headers["If-Range"], rest.Headers["Accept-Encoding"]));
        Assert.Contains("was lost", Assert.Single(_progress.Said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_process_resumes_where_the_first_one_ended()
    {
        await using var server = new MirrorServer(asked => MirrorServer.Linked(asked, _content) with { StopsAt = 30_000 });
        var request = Pinned(server) with { Sha256 = null };

        var error = await Assert.ThrowsAsync<AdaptClusterException>(() => RunAsync(server, request, Quick with { Retries = 0 }));
        Assert.Contains("29.3 KiB received are kept", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
        server.Answer = asked => MirrorServer.Linked(asked, _content);
        var file = await RunAsync(server, request);

        Assert.Equal((30_000L, true), (file.ResumedFrom, file.IsMirrorsWord));
        Assert.Equal(_content, await File.ReadAllBytesAsync(Target, Token));
        // What is known of the file stays beside it, for a process that goes on with it.
        Assert.Equal(["file.zip", "file.zip.json"],
            Directory.GetFiles(_folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        var known = PartFile.Known(Target)!;
        Assert.Equal((server.File.AbsoluteUri, MirrorServer.Sha256(_content), known.MirrorSha256), (known.Url, known.Sha256, known.Sha256));
    }

    [Fact]
    public async Task A_file_that_changes_midway_is_fetched_anew()
    {
        var (old, answers) = (Content(seed: 2, length: 50_000), 0);
        await using var server = new MirrorServer(asked => answers++ == 0
            ? MirrorServer.Good(asked, old) with { StopsAt = 20_000 } : MirrorServer.Good(asked, _content, "\"two\""));

        await RunAsync(server, Pinned(server));

        Assert.Equal(_content, await File.ReadAllBytesAsync(Target, Token));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Parts_of_two_files_that_a_mirror_passes_for_one_are_fetched_anew()
    {
        var (old, answers) = (Content(seed: 2, length: 50_000), 0);
        await using var server = new MirrorServer(asked => answers++ == 0
            ? MirrorServer.Good(asked, old) with { StopsAt = 20_000 } : MirrorServer.Good(asked, _content));

        await RunAsync(server, Pinned(server));

        Assert.Equal(_content, await File.ReadAllBytesAsync(Target, Token));
        Assert.Equal([null, 20_000, null], server.Requests.Select(asked => asked.From));
    }

    [Theory]
    [InlineData("other bytes", "has the SHA-256 ")]
    [InlineData("other length", "the mirror sends 49,999 bytes, but the file has 50,000")]
    [InlineData("other word", "the mirror has a file with the SHA-256 ")]
    [InlineData("other size", "the mirror has a file of 7 bytes, not 50,000")]
    [InlineData("other commit", "the mirror responds with commit main, not ")]
    [InlineData("packed", "the file arrives compressed (gzip), although it was requested uncompressed")]
    [InlineData("absent", "the mirror has no such file")]
    [InlineData("circle", "redirects more than 10 times")]
    [InlineData("elsewhere", "redirects from http to ftp://127.0.0.1, which is refused")]
    [InlineData("nowhere", "responded with 302 Said; the file cannot be fetched from there")]
    public async Task Another_file_than_the_one_asked_for_is_refused_and_kept_nowhere(string what, string expected)
    {
        await using var server = new MirrorServer(asked => what switch
        {
            "other bytes" => MirrorServer.Good(asked, Content(seed: 3, length: 50_000)),
            "other length" => MirrorServer.Good(asked, _content[..^1]),
            "other word" => MirrorServer.Good(asked, _content).With("X-Linked-Etag", $"\"{new string('a', 64)}\""),
            "other size" => MirrorServer.Good(asked, _content).With("X-Linked-Size", "7"),
            "other commit" => MirrorServer.Good(asked, _content).With("X-Repo-Commit", "main"),
            "packed" => MirrorServer.Good(asked, _content).With("Content-Encoding", "gzip"),
            "circle" => new Reply(302, []).With("Location", asked.Target),
            "nowhere" => new Reply(302, []).With("Location", "http://["),
            "elsewhere" => new Reply(307, []).With("Location", "ftp://127.0.0.1/file.zip"),
            _ => new Reply(404, []),
        });

        var error = await Assert.ThrowsAsync<AdaptClusterException>(() => RunAsync(server, Pinned(server)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(server.File.AbsoluteUri, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("unavailable")]
    [InlineData("too many")]
    [InlineData("silent")]
    [InlineData("wrong range")]
    [InlineData("no range")]
    [InlineData("too short")]
    [InlineData("empty")]
    public async Task What_may_pass_is_repeated(string what)
    {
        var answers = 0;
        await using var server = new MirrorServer(asked => answers++ switch
        {
            0 => MirrorServer.Good(asked, _content) with { StopsAt = 20_000 },
            1 => what switch
            {
                "unavailable" => new Reply(503, []),
                "too many" => new Reply(429, []).With("Retry-After", "0"),
                "silent" => MirrorServer.Good(asked, _content) with { StopsAt = 10, Stalls = true },
                "wrong range" => MirrorServer.Good(asked, _content).With("Content-Range", "bytes 19999-49998/50000"),
                "no range" => new Reply(200, _content),
                "too short" => new Reply(206, _content[20_000..30_000]).With("Content-Range", "bytes 20000-29999/50000"),
                _ => new Reply(206, []).With("Content-Range", "bytes 20000-49999/50000"),
            },
            _ => MirrorServer.Good(asked, _content),
        });

        await RunAsync(server, Pinned(server), Quick with { Silence = TimeSpan.FromSeconds(what == "silent" ? 2 : 60) });

        Assert.Equal(_content, await File.ReadAllBytesAsync(Target, Token));
    }

    [Fact]
    public async Task Repetitions_are_bounded()
    {
        await using var server = new MirrorServer(_ => new Reply(500, []));

        var error = await Assert.ThrowsAsync<AdaptClusterException>(() => RunAsync(server, Pinned(server)));

        Assert.Contains("responded with 500 Said; gave up after 4 failures in a row", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task A_mirror_that_asks_for_hours_is_not_waited_for()
    {
        await using var server = new MirrorServer(_ => new Reply(429, []).With("Retry-After", "7200"));

        var error = await Assert.ThrowsAsync<AdaptClusterException>(() => RunAsync(server, Pinned(server)));

        Assert.Contains("asked clients to wait 120 minutes", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_file_that_nobody_gives_a_hash_for_is_refused_unless_told()
    {
        await using var server = new MirrorServer(asked => MirrorServer.Good(asked, _content));
        var request = Pinned(server) with { Sha256 = null, Bytes = null };

        var error = await Assert.ThrowsAsync<InvalidInputException>(() => RunAsync(server, request));
        Assert.Contains("pass the hash with --sha256, or accept the file with --unverified", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
        var file = await RunAsync(server, request with { MayBeUnverified = true });

        Assert.Equal((false, MirrorServer.Sha256(_content)), (file.IsVerified, file.Sha256));
    }

    [Fact]
    public async Task A_store_behind_the_mirror_cannot_vouch_for_what_it_sends()
    {
        await using var store = new MirrorServer(asked => MirrorServer.Linked(asked, _content));
        await using var server = new MirrorServer(_ => new Reply(302, []).With("Location", store.File.AbsoluteUri));
        var request = Pinned(server) with { Sha256 = null, Bytes = null };

        await Assert.ThrowsAsync<InvalidInputException>(() => RunAsync(server, request));
        server.Answer = _ => new Reply(302, []).With("Location", store.File.AbsoluteUri)
            .With("X-Linked-Etag", $"\"{MirrorServer.Sha256(_content)}\"").With("X-Linked-Size", "50000");
        var file = await RunAsync(server, request);

        Assert.True(file.IsMirrorsWord);
        Assert.Equal(_content, await File.ReadAllBytesAsync(Target, Token));
    }

    [Fact]
    public async Task A_file_without_space_for_it_is_refused_before_its_first_byte()
    {
        await using var server = new MirrorServer(asked => MirrorServer.Good(asked, _content));
        var request = Pinned(server) with
        {
            CheckSpace = (total, kept) => throw new AdaptClusterException($"no space for {total} of {kept}"),
        };

        var error = await Assert.ThrowsAsync<AdaptClusterException>(() => RunAsync(server, request));

        Assert.Equal("no space for 50000 of 0", error.Message);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Space_is_compared_again_and_again_where_nobody_says_how_long_the_file_is()
    {
        await using var server = new MirrorServer(asked => MirrorServer.Good(asked, _content) with { HidesLength = true });
        var request = Pinned(server) with
        {
            Bytes = null,
            SpaceStep = 10_000,
            CheckSpace = (total, kept) =>
            {
                if (kept >= 10_000) throw new AdaptClusterException("no space");
            },
        };

        var error = await Assert.ThrowsAsync<AdaptClusterException>(() => RunAsync(server, request));

        Assert.Equal("no space", error.Message);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task A_file_longer_than_it_may_be_is_refused_whether_or_not_the_mirror_says_how_long_it_is()
    {
        await using var server = new MirrorServer(asked => MirrorServer.Good(asked, _content));
        var request = Pinned(server) with { Bytes = null, MostBytes = 40_000 };

        await Assert.ThrowsAsync<AdaptClusterException>(() => RunAsync(server, request));
        server.Answer = asked => MirrorServer.Good(asked, _content) with { HidesLength = true };
        var error = await Assert.ThrowsAsync<AdaptClusterException>(() => RunAsync(server, request));

        Assert.Contains("the limit for this archive is 40,000", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("https://a/x", "https://b/x", true)]
    [InlineData("http://a/x", "https://b/x", true)]
    [InlineData("http://a/x", "http://b/x", true)]
    [InlineData("https://a/x", "http://a/x", false)]
    [InlineData("http://a/x", "file:///etc/passwd", false)]
    public void A_redirect_never_leads_from_https_down_to_http(string from, string to, bool expected) =>
        Assert.Equal(expected, MirrorClient.MayFollow(new Uri(from), new Uri(to)));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static byte[] Content(int seed, int length)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    private DownloadRequest Pinned(MirrorServer server) => new()
    {
        Address = server.File,
        Bytes = _content.Length,
        Sha256 = MirrorServer.Sha256(_content),
        Revision = new string('c', 40),
        MostBytes = 1 << 20,
    };

    private async Task<DownloadedFile> RunAsync(MirrorServer server, DownloadRequest request, TransferOptions? options = null)
    {
        using var client = new MirrorClient((options ?? Quick).Silence);
        Assert.Equal(server.File, request.Address);
        return await new Download(client, options ?? Quick, _progress).RunAsync(request, new PartFile(Target), Token);
    }
}
