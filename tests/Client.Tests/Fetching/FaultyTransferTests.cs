using System.IO.Compression;
using AdaptCluster.Contracts;
using AdaptCluster.Local.Fetching;

namespace AdaptCluster.Client.Tests.Fetching;

/// <summary>Mirrors that fail in every way, by seeds: nothing wrong is ever taken, and the first good answers finish the file.</summary>
public sealed class FaultyTransferTests
{
    private const int Transfers = 200;

    private static readonly TransferOptions Hasty = new()
    {
        Retries = 2,
        Progress = 10_000,
        FirstPause = TimeSpan.FromMilliseconds(1),
        LongestPause = TimeSpan.FromMilliseconds(2),
        Silence = TimeSpan.FromMilliseconds(300),
    };

    private static readonly string[] Faults =
    [
        "none", "cut", "cut", "wrong bytes", "said longer", "said shorter", "wrong range", "range ignored", "changed", "circle", "stall",
        "503", "429", "gzip", "no length", "416", "404", "other parts",
    ];

    [Fact]
    public async Task No_wrong_file_of_200_faulty_transfers_is_accepted_and_the_next_call_finishes()
    {
        var (accepted, requests) = (0, 0);
        await Parallel.ForAsync(0, Transfers, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (seed, _) =>
        {
            var (whole, asked) = await TransferAsync(seed);
            Interlocked.Add(ref accepted, whole ? 1 : 0);
            Interlocked.Add(ref requests, asked);
        });

        // The faults are neither so mild that all transfers pass, nor so hard that none does.
        Assert.InRange(accepted, 1, Transfers - 1);
        Assert.True(requests > 2 * Transfers, $"{requests} requests");
    }

    private static async Task<(bool Accepted, int Requests)> TransferAsync(int seed)
    {
        var random = new Random(seed);
        var folder = Directory.CreateTempSubdirectory("adaptcluster-faults-").FullName;
        try
        {
            var content = DownloadTests.Content(seed, random.Next(1, 200_000));
            var path = Path.Combine(folder, "file.zip");
            var isPinned = random.Next(2) == 0;
            await using var server = new MirrorServer(asked => { lock (random) return Faulty(asked, content, random, isPinned); });
            var request = new DownloadRequest
            {
                Address = server.File,
                Sha256 = isPinned ? MirrorServer.Sha256(content) : null,
                MostBytes = 1 << 20,
            };
            var isAccepted = false;
            for (var call = 0; call < 3 && !isAccepted; call++)
            {
                isAccepted = await RunAsync(request, path, Hasty);
                Assert.Equal(isAccepted, File.Exists(path));
            }
            var faulty = server.Requests.Count;
            server.Answer = asked => MirrorServer.Linked(asked, content);
            if (!isAccepted)
                Assert.True(await RunAsync(request, path, Hasty with { Silence = TimeSpan.FromMinutes(1) }), $"seed {seed}: not finished");
            var accepted = await File.ReadAllBytesAsync(path);
            Assert.True(content.SequenceEqual(accepted), $"seed {seed}: a wrong file");
            return (isAccepted, faulty);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> RunAsync(DownloadRequest request, string path, TransferOptions options)
    {
        using var client = new MirrorClient(options.Silence);
        try
        {
            await new Download(client, options, new SaidProgress()).RunAsync(request, new PartFile(path), default);
            return true;
        }
        catch (AdaptClusterException)
        {
            return false;
        }
    }

    private static Reply Faulty(Asked asked, byte[] content, Random random, bool isPinned)
    {
        var good = isPinned ? MirrorServer.Good(asked, content) : MirrorServer.Linked(asked, content);
        var cut = random.Next(good.Body.Length);
        return Faults[random.Next(Faults.Length)] switch
        {
            "cut" => good with { StopsAt = cut },
            "wrong bytes" => good with { Body = Flipped(good.Body, random) },
            "said longer" => good with { SaidLength = good.Body.Length + random.Next(1, 100) },
            "said shorter" => good with { SaidLength = cut },
            "wrong range" => good.With("Content-Range", $"bytes {cut}-{content.Length - 1}/{content.Length}"),
            "range ignored" => good with { Status = 200, Body = content, Headers = Without(good, "Content-Range") },
            "changed" => MirrorServer.Good(asked, DownloadTests.Content(random.Next(), content.Length), "\"other\""),
            "circle" => new Reply(302, []).With("Location", asked.Target),
            // Rare, since each costs its silence.
            "stall" => random.Next(4) == 0 ? good with { StopsAt = cut, Stalls = true } : good with { StopsAt = cut },
            "503" => new Reply(503, content),
            "429" => new Reply(429, []).With("Retry-After", "0"),
            "gzip" => (good with { Body = Packed(good.Body) }).With("Content-Encoding", "gzip"),
            "no length" => good with { HidesLength = true, StopsAt = cut },
            "416" => new Reply(416, []),
            "404" => new Reply(404, content),
            // The same validator over other bytes: only the hash can tell.
            "other parts" => good with { Body = DownloadTests.Content(random.Next(), good.Body.Length), StopsAt = cut },
            _ => good,
        };
    }

    private static Dictionary<string, string> Without(Reply reply, string header)
    {
        var headers = new Dictionary<string, string>(reply.Headers);
        headers.Remove(header);
        return headers;
    }

    private static byte[] Flipped(byte[] body, Random random)
    {
        var flipped = body.ToArray();
        if (flipped.Length > 0) flipped[random.Next(flipped.Length)] ^= 1;
        return flipped;
    }

    private static byte[] Packed(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(body);
        return packed.ToArray();
    }
}
