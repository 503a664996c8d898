using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Local.Fetching;

namespace AdaptCluster.Client.Tests.Fetching;

/// <summary>Archives are strangers' files: what of them is unpacked, and what is refused before a byte is.</summary>
public sealed class UnpackingTests : IDisposable
{
    private static readonly byte[] Text = [.. Enumerable.Repeat((byte)'x', 100)];

    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-unpack-").FullName;

    private static readonly FetchSet Set = new() { Name = "dtd", File = "dtd.zip", Folder = "dtd" };

    private string Into => Path.Combine(_folder, "dtd.new");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Files_are_unpacked_without_pickles_and_what_systems_add()
    {
        var archive = Archives.Of([("dtd/", []), ("dtd/images/a/1.jpg", Text), ("dtd/labels.txt", [1, 2]), ("__MACOSX/dtd/._1.jpg", Text),
            ("dtd/split_fewshot/shot_1-seed_1.pkl", Text), ("dtd/split_fewshot/shot_2-seed_1.PKL", Text)]);

        var files = await UnpackAsync(archive, Set);

        Assert.Equal((2, 102L), (files.Files.Count, files.Bytes));
        Assert.Equal(["dtd/images/a/1.jpg", "dtd/labels.txt"], Directory.GetFiles(Into, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Into, file)).Order(StringComparer.Ordinal));
        Assert.Equal(Text, await File.ReadAllBytesAsync(Path.Combine(Into, "dtd/images/a/1.jpg"), Token));
        Assert.Equal(["__MACOSX, which an operating system added to the archive, is skipped",
            "2 pickles are skipped, such as dtd/split_fewshot/shot_1-seed_1.pkl, because reading a pickle can run arbitrary code"],
            files.LeftOut);
    }

    [Theory]
    [InlineData("../evil.txt", "contains an empty, '.' or '..' component")]
    [InlineData("dtd/../../evil.txt", "contains an empty, '.' or '..' component")]
    [InlineData("dtd//evil.txt", "contains an empty, '.' or '..' component")]
    [InlineData("dtd/./evil.txt", "contains an empty, '.' or '..' component")]
    [InlineData("/etc/evil.txt", "is absolute")]
    [InlineData("dtd\\..\\evil.txt", "contains a backslash")]
    [InlineData("C:/evil.txt", "contains a colon")]
    [InlineData("dtd/evil\u0001.txt", "contains unprintable characters")]
    [InlineData("evil.txt", "is outside the archive's folder 'dtd'")]
    [InlineData("other/evil.txt", "is outside the archive's folder 'dtd'")]
    [InlineData("dtd", "occurs twice")]
    [InlineData("dtd/good.txt", "occurs twice")]
    [InlineData("dtd/good.txt/evil.txt", "occurs twice")]
    [InlineData("dtd/GOOD.txt", "differs from 'dtd/good.txt' only in case")]
    [InlineData("DTD/evil.txt", "differs from 'dtd' only in case")]
    public async Task A_path_that_leads_elsewhere_or_is_anothers_is_refused(string path, string expected)
    {
        var archive = Archives.Of([("dtd/good.txt", Text), (path, Text)]);

        await RefusedAsync(archive, Set, expected);

        Assert.Empty(Directory.GetFiles(_folder, "evil*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(0xA1FF, "is a link")]
    [InlineData(0x21FF, "is neither a file nor a folder")]
    [InlineData(0x11FF, "is neither a file nor a folder")]
    public async Task Links_and_devices_are_refused(int mode, string expected) =>
        await RefusedAsync(Archives.Of([("dtd/link", Text)], entry => entry.ExternalAttributes = mode << 16), Set, expected);

    [Fact]
    public async Task An_archive_that_would_unpack_to_more_than_photos_do_is_refused()
    {
        var bomb = Archives.Of([("dtd/zeros.bin", new byte[10 << 20])], level: CompressionLevel.SmallestSize);

        await RefusedAsync(bomb, Set, "would unpack to 10.0 MiB, more than 20 times as much");
        await RefusedAsync(bomb, Set with { MostUnpackedBytes = 1 << 20 }, "it would unpack to more than 1.0 MiB, the limit for this "
            + "archive");
        Assert.Single((await UnpackAsync(bomb, Set with { MostRatio = 100_000 })).Files);
    }

    [Fact]
    public async Task Sizes_whose_sum_is_no_number_are_refused() =>
        await RefusedAsync(Claiming(1L << 62, "dtd/a.bin", "dtd/b.bin"), Set with { MostUnpackedBytes = long.MaxValue },
            "it would unpack to more than ");

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    [InlineData(60_000)]
    public async Task An_archive_with_too_many_entries_is_refused_whatever_number_it_says(int said)
    {
        var archive = Archives.Of([("dtd/a.txt", Text), ("dtd/b.txt", Text), ("dtd/c.txt", Text)]);
        // The record at the end: the number of entries stands 10 bytes behind its signature.
        var end = archive.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        BinaryPrimitives.WriteUInt16LittleEndian(archive.AsSpan(end + 10), (ushort)said);

        await RefusedAsync(archive, Set with { MostFiles = 2 }, "it has more than 2 entries, the limit for this archive");
        if (said == 3) Assert.Equal(3, (await UnpackAsync(archive, Set with { MostFiles = 3 })).Files.Count);
    }

    [Fact]
    public void The_number_of_entries_is_that_of_the_wide_record_where_it_does_not_fit_the_other()
    {
        var end = new byte[56 + 20 + 22];
        "PK\u0006\u0006"u8.CopyTo(end);
        BinaryPrimitives.WriteUInt64LittleEndian(end.AsSpan(32), 1UL << 40);
        "PK\u0006\u0007"u8.CopyTo(end.AsSpan(56));
        "PK\u0005\u0006"u8.CopyTo(end.AsSpan(76));
        end.AsSpan(76 + 10, 2).Fill(0xFF);
        using var stream = new MemoryStream(end);

        Assert.True(ArchiveDirectory.HasMoreThan(stream, 1_000_000));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(5_000)]
    public async Task An_entry_with_another_size_than_it_says_is_refused(int said)
    {
        var archive = Archives.Of([("dtd/a.bin", DownloadTests.Content(1, 1_000))], level: CompressionLevel.Optimal);
        // The central directory's header: the uncompressed size stands 24 bytes behind its signature.
        var header = archive.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteInt32LittleEndian(archive.AsSpan(header + 24), said);

        await RefusedAsync(archive, Set, "refused");
    }

    [Fact]
    public async Task A_damaged_entry_is_found_by_its_checksum()
    {
        var archive = Archives.Of([("dtd/a.txt", Text)], level: CompressionLevel.NoCompression);
        archive[archive.AsSpan().IndexOf(Text)] ^= 1;

        await RefusedAsync(archive, Set, "'dtd/a.txt' is damaged (its CRC-32 differs)");
    }

    [Fact]
    public async Task What_is_no_archive_or_half_of_one_is_refused()
    {
        var archive = Archives.Of([("dtd/a.txt", Text)]);

        await RefusedAsync(archive[..^30], Set, "it is not a complete zip archive");
        await RefusedAsync("<html>Log in</html>"u8.ToArray(), Set, "it is not a complete zip archive");
        await RefusedAsync(Archives.Of([("dtd/", [])]), Set, "it contains no files");
    }

    [Fact]
    public async Task A_file_that_the_catalogue_knows_must_be_the_one_it_knows()
    {
        var archive = Archives.Of([("dtd/split.json", Text)]);
        FetchSet With(string file, string hash) => Set with { Contents = new Dictionary<string, string> { [file] = hash } };

        await RefusedAsync(archive, With("split.json", new string('a', 64)), "dtd/split.json has the SHA-256 ");
        await RefusedAsync(archive, With("other.json", new string('a', 64)), "it does not contain dtd/other.json");
        await UnpackAsync(archive, With("split.json", MirrorServer.Sha256(Text)));
    }

    [Fact]
    public async Task A_killed_replacement_is_put_right_by_the_next_one()
    {
        var (old, aside) = (Path.Combine(_folder, "dtd"), Path.Combine(_folder, FetchPlace.HiddenName, "dtd.old"));
        Directory.CreateDirectory(aside);
        await File.WriteAllTextAsync(Path.Combine(aside, "old.txt"), "old", Token);

        using (var place = new FetchPlace(_folder, Set))
        {
            Assert.True(File.Exists(Path.Combine(old, "old.txt")));
            // An archive of another name would become the same folder.
            foreach (var other in (FetchSet[])[Set, Set with { File = "other.zip" }])
            {
                Assert.Contains("another process is fetching it",
                    Assert.Throws<AdaptClusterException>(() => new FetchPlace(_folder, other)).Message, StringComparison.Ordinal);
            }
            Directory.CreateDirectory(Path.Combine(place.Unpacked, "dtd"));
            Assert.ThrowsAny<IOException>(() => place.MoveIn("dtd", replaces: false));
            Assert.ThrowsAny<IOException>(() => place.MoveIn("absent", replaces: true));
            Assert.True(File.Exists(Path.Combine(old, "old.txt")));
            place.MoveIn("dtd", replaces: true);
            place.RemoveUnpacked();
            Assert.Empty(place.Notes);
        }

        Assert.Empty(Directory.GetFileSystemEntries(old));
        // The lock stays, so that nobody holds one that another process has removed.
        Assert.Equal(["dtd.lock"], Directory.GetFileSystemEntries(Path.GetDirectoryName(aside)!).Select(Path.GetFileName));
    }

    [Fact]
    public void A_replaced_link_is_removed_and_what_it_leads_to_stays()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_folder, "elsewhere")).FullName;
        File.WriteAllText(Path.Combine(elsewhere, "mine.txt"), "mine");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "dtd"), elsewhere);

        using (var place = new FetchPlace(_folder, Set))
        {
            Directory.CreateDirectory(Path.Combine(place.Unpacked, "dtd"));
            place.MoveIn("dtd", replaces: true);
        }

        Assert.Equal("mine", File.ReadAllText(Path.Combine(elsewhere, "mine.txt")));
        Assert.Null(new DirectoryInfo(Path.Combine(_folder, "dtd")).LinkTarget);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<ArchiveFiles> UnpackAsync(byte[] archive, FetchSet set)
    {
        if (Directory.Exists(Into)) Directory.Delete(Into, recursive: true);
        var path = Path.Combine(_folder, "dtd.zip");
        await File.WriteAllBytesAsync(path, archive, Token);
        return await new Unpacking(set, new SaidProgress()).RunAsync(path, Into, _ => { }, Token);
    }

    /// <summary>An archive's directory without files, whose entries have a size in the field for those above 4 GiB.</summary>
    private static byte[] Claiming(long bytes, params string[] names)
    {
        using var archive = new MemoryStream();
        using var writer = new BinaryWriter(archive);
        foreach (var name in names)
        {
            writer.Write("PK\u0001\u0002"u8);
            // Versions, flags and method; time, CRC-32 and packed size.
            foreach (var number in (ushort[])[45, 45, 0, 0, 0, 0x21, 0, 0, 0, 0]) writer.Write(number);
            writer.Write(uint.MaxValue);
            // The lengths of name, extra fields and comment; disk, attributes and place.
            foreach (var number in (ushort[])[(ushort)name.Length, 12, 0, 0, 0, 0, 0, 0, 0]) writer.Write(number);
            writer.Write(Encoding.ASCII.GetBytes(name));
            writer.Write((ushort)1);
            writer.Write((ushort)8);
            writer.Write(bytes);
        }
        var length = (uint)archive.Length;
        writer.Write("PK\u0005\u0006"u8);
        foreach (var number in (ushort[])[0, 0, (ushort)names.Length, (ushort)names.Length]) writer.Write(number);
        writer.Write(length);
        writer.Write(0u);
        writer.Write((ushort)0);
        return archive.ToArray();
    }

    private async Task RefusedAsync(byte[] archive, FetchSet set, string expected)
    {
        var error = await Assert.ThrowsAsync<ArchiveException>(() => UnpackAsync(archive, set));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(Path.Combine(_folder, "dtd.zip"), error.Message, StringComparison.Ordinal);
    }
}
