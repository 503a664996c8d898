using SkiaSharp;

namespace AdaptCluster.Web.Tests;

/// <summary>A site with a sweep in each state that people meet: one that ended well, one that failed, one that was cancelled half way and
/// one that runs.</summary>
public sealed class SiteOfStates : Site
{
    /// <summary>Trains what nobody waits for the end of.</summary>
    private static readonly string LongSpec = TemporaryHome.SmallSpec
        .Replace("\"epochs\": 6", "\"epochs\": 4000", StringComparison.Ordinal);

    private const string PhotoSpec = """
        {
          "backbone": "tiny-clip", "shots": 4, "seeds": [1, 2],
          "datasets": [ { "name": "photos", "format": "folder", "path": "photos", "template": "a photo of a {}." } ],
          "arms": [ { "method": "zero-shot" }, { "method": "adapt", "tTarget": 12 } ],
          "train": { "epochs": 6, "learningRate": 0.001, "learningRateWarmupEpochs": 0,
                     "adapt": { "maxContextLength": 8, "promptDepth": 3, "pruneWarmupEpochs": 0, "prunePeriod": 2 } }
        }
        """;

    private string _data = "";

    /// <summary>The sweeps' ids by their states.</summary>
    public IReadOnlyDictionary<string, string> Sweeps { get; private set; } = new Dictionary<string, string>();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var completed = await SubmitAsync(TemporaryHome.SmallSpec, wait: true, "done well");
        var failed = await SubmitAsync(PhotoSpec, wait: true, "photos", fails: true);
        var cancelled = await SubmitAsync(LongSpec, wait: false, "stopped half way");
        await JobsCompletedAsync(cancelled, 4);
        Assert.Equal(0, (await RunAsync("cancel", cancelled)).Code);
        var running = await SubmitAsync(LongSpec.Replace("\"shots\": 4", "\"shots\": 3", StringComparison.Ordinal), wait: false, "runs");
        await JobsCompletedAsync(running, 4);
        Sweeps = new Dictionary<string, string>
        {
            ["completed"] = completed,
            ["failed"] = failed,
            ["cancelled"] = cancelled,
            ["running"] = running,
        };
    }

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["ADAPTCLUSTER_DATA"] = _data };

    protected override async Task PrepareAsync(string folder)
    {
        _data = folder;
        byte[] damaged = [];
        foreach (var (split, label, shade) in new[]
            { ("train", "dark", 20), ("train", "light", 200), ("test", "dark", 20), ("test", "light", 200) })
        {
            var images = Directory.CreateDirectory(Path.Combine(folder, "photos", split, label)).FullName;
            for (var i = 0; i < 9; i++)
            {
                var file = Png(shade + i);
                // The header is whole, and so is the end: nobody notices before the image is read.
                if ((split, label, i) == ("test", "light", 4)) file.AsSpan(file.Length / 2, 64).Clear();
                await File.WriteAllBytesAsync(Path.Combine(images, $"{i}.png"), file);
            }
        }
    }

    private async Task JobsCompletedAsync(string sweep, int jobs)
    {
        for (var tries = 0; tries < 300; tries++)
        {
            if ((int)(await RunAsync("status", sweep, "--json")).Json["summary"]!["jobs"]!["completed"]! >= jobs) return;
            await Task.Delay(200);
        }
        Assert.Fail($"{sweep} completes no {jobs} jobs.");
    }

    private static byte[] Png(int seed)
    {
        using var bitmap = new SKBitmap(64, 64);
        new Random(seed).NextBytes(bitmap.GetPixelSpan());
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
