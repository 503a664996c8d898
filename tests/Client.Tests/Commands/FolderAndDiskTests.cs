using System.Diagnostics;
using SkiaSharp;

namespace AdaptCluster.Client.Tests.Commands;

public sealed class FolderAndDiskTests
{
    private const string FolderSpec = """
        {
          "backbone": "tiny-clip", "shots": 4, "seeds": [1],
          "datasets": [ { "name": "clothing", "format": "folder", "path": "clothing", "template": "a photo of a {}." } ],
          "arms": [ { "method": "zero-shot" }, { "method": "adapt", "tTarget": 12 } ],
          "train": { "epochs": 6, "learningRate": 0.001, "learningRateWarmupEpochs": 0,
                     "adapt": { "maxContextLength": 8, "promptDepth": 3, "pruneWarmupEpochs": 0, "prunePeriod": 2 } }
        }
        """;

    [Fact]
    public async Task A_folder_of_real_photos_trains_and_reports()
    {
        var root = Environment.GetEnvironmentVariable("ADAPTCLUSTER_DATA");
        if (string.IsNullOrEmpty(root) || !Directory.Exists(Path.Combine(root, "clothing")))
            Assert.Skip(
                "Set ADAPTCLUSTER_DATA to a folder that holds clothing/{train,validation,test}/<class>/*.jpg to run "
                + "this test on real photos.");
        using var home = new TemporaryHome();
        home.Environment["ADAPTCLUSTER_DATA"] = root;

        var ended = await SweepProcess.RunAsync(home, "submit", home.Write("photos.json", FolderSpec), "--json");

        Assert.True(ended.Code == 0, ended.Error);
        Assert.All(ended.Json["rows"]!.AsArray(), row => Assert.InRange((double)row!["average"]!, 0.1, 100));
    }

    [Fact]
    public async Task A_corrupt_image_fails_its_jobs_by_name_and_the_same_command_runs_once_it_is_mended()
    {
        using var home = new TemporaryHome();
        home.Environment["ADAPTCLUSTER_DATA"] = home.Folder;
        string[] corrupt = [];
        foreach (var split in new[] { "train", "test" })
        {
            foreach (var label in new[] { "dark", "light" })
            {
                var folder = Directory.CreateDirectory(Path.Combine(home.Folder, "clothing", split, label)).FullName;
                for (var i = 0; i < 9; i++)
                    await File.WriteAllBytesAsync(Path.Combine(folder, $"{i}.bmp"), Bitmap(label == "dark" ? 20 : 200, i),
                        TestContext.Current.CancellationToken);
                corrupt = [folder, "4.bmp"];
            }
        }
        var bad = Path.Combine(corrupt);
        var whole = await File.ReadAllBytesAsync(bad, TestContext.Current.CancellationToken);
        var spec = home.Write("photos.json", FolderSpec);

        // What a look at its header and its end shows is told before anything runs.
        foreach (var unusable in (byte[][])[new byte[whole.Length], whole[..^40]])
        {
            await File.WriteAllBytesAsync(bad, unusable, TestContext.Current.CancellationToken);
            var refused = await SweepProcess.RunAsync(home, "submit", spec);
            Assert.Equal(2, refused.Code);
            Assert.Contains($"1 of 34 images cannot be used: {bad} ", refused.Error, StringComparison.Ordinal);
        }

        await File.WriteAllBytesAsync(bad, DamagedPng(), TestContext.Current.CancellationToken);
        var failed = await SweepProcess.RunAsync(home, "submit", spec, "--json");
        await File.WriteAllBytesAsync(bad, whole, TestContext.Current.CancellationToken);
        var mended = await SweepProcess.RunAsync(home, "submit", spec, "--json");

        Assert.Equal(1, failed.Code);
        Assert.Equal("failed", (string?)failed.Json["state"]);
        Assert.Contains(failed.Json["notes"]!.AsArray(), note => ((string)note!).Contains(bad, StringComparison.Ordinal));
        Assert.True(mended.Code == 0, mended.Error);
        // Other pictures, another sweep: no number of the old ones stands in its table.
        Assert.NotEqual((string?)failed.Json["sweep"], (string?)mended.Json["sweep"]);
        Assert.Equal(0, (int)mended.Json["jobs"]!["cached"]!);
    }

    [Fact]
    public async Task On_a_full_disk_the_command_ends_with_the_reason_and_goes_on_when_there_is_room()
    {
        using var home = new TemporaryHome();
        var disk = Directory.CreateDirectory(Path.Combine(home.Folder, "disk")).FullName;
        if (await ExitCodeAsync("mount", "-t", "tmpfs", "-o", "size=360k", "tmpfs", disk) != 0)
            Assert.Skip("A small file system cannot be mounted here (not root); run the tests as root to check a full disk.");
        try
        {
            home.Environment["ADAPTCLUSTER_HOME"] = disk;
            var file = home.Write("small.json", TemporaryHome.HalfSpec);

            var full = await SweepProcess.RunAsync(home, "submit", file);
            Assert.Equal(0, await ExitCodeAsync("mount", "-o", "remount,size=64m", disk));
            var roomy = await SweepProcess.RunAsync(home, "submit", file, "--json");

            Assert.Equal(1, full.Code);
            Assert.Contains($"sweep: the disk of the store {Path.Combine(disk, "store.db")}", full.Error, StringComparison.Ordinal);
            Assert.True(roomy.Code == 0, roomy.Error);
            Assert.Equal("completed", (string?)roomy.Json["state"]);
        }
        finally
        {
            Assert.Equal(0, await ExitCodeAsync("umount", disk));
        }
    }

    private static async Task<int> ExitCodeAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    /// <summary>Noise with damage in the middle, which shows when it is decoded.</summary>
    private static byte[] DamagedPng()
    {
        using var bitmap = new SKBitmap(64, 64);
        new Random(1).NextBytes(bitmap.GetPixelSpan());
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        var file = data.ToArray();
        file.AsSpan(file.Length / 2, 64).Clear();
        return file;
    }

    /// <summary>An 8 × 8 Windows bitmap of one gray.</summary>
    private static byte[] Bitmap(int gray, int variation)
    {
        var file = new byte[54 + 8 * 24];
        using var writer = new BinaryWriter(new MemoryStream(file));
        writer.Write("BM"u8);
        foreach (var value in new[] { file.Length, 0, 54, 40, 8, 8 }) writer.Write(value);
        writer.Write((short)1);
        writer.Write((short)24);
        Array.Fill(file, (byte)(gray + variation), 54, 8 * 24);
        return file;
    }
}
