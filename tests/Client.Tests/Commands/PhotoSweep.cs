using SkiaSharp;

[assembly: AssemblyFixture(typeof(AdaptCluster.Client.Tests.Commands.PhotoSweep))]

namespace AdaptCluster.Client.Tests.Commands;

/// <summary>A home with an ended sweep on a folder of pictures, which tests of predictions, exports and new images read.</summary>
public sealed class PhotoSweep : IDisposable
{
    private const int PerClass = 24;

    /// <summary>Three arms: one that trains nothing, and two that train different towers.</summary>
    private const string Spec = """
        {
          "backbone": "tiny-clip", "shots": 4, "seeds": [1, 2],
          "datasets": [{ "name": "photos", "format": "folder", "path": "photos", "template": "a {} picture" }],
          "arms": [ { "method": "zero-shot" }, { "method": "coop" }, { "method": "adapt", "tTarget": 40 } ],
          "train": { "epochs": 3, "learningRate": 0.001, "learningRateWarmupEpochs": 0, "augmentation": "none",
                     "coop": { "contextLength": 4 },
                     "adapt": { "maxContextLength": 8, "promptDepth": 3, "pruneWarmupEpochs": 1, "prunePeriod": 3 } }
        }
        """;

    private readonly Lock _one = new();
    private Task<SweepProcess.Ended>? _submitted;

    /// <summary>Its home; a test writes files of its own there under names of its own.</summary>
    internal TemporaryHome Home { get; } = new();

    /// <summary>The folder of pictures, one folder for each class.</summary>
    internal string Photos => Path.Combine(Home.Folder, "photos");

    public void Dispose() => Home.Dispose();

    /// <summary>Runs a command in it.</summary>
    internal async Task<SweepProcess.Ended> RunAsync(params string[] arguments)
    {
        lock (_one) _submitted ??= SubmitAsync();
        await _submitted;
        return await SweepProcess.RunAsync(Home, arguments);
    }

    /// <summary>The jobs of a method, in the plan's order.</summary>
    internal async Task<(string Id, int TestCorrect, int TestTotal, int ValidationCorrect)[]> JobsAsync(string method)
    {
        var runs = (await RunAsync("results", "latest", "--runs", "--json")).Json["runs"]!.AsArray().Select(run => run!["run"]!)
            .Where(run => (string?)run["definition"]!["method"] == method);
        return [.. runs.Select(run => ((string)run["job"]!, (int)run["result"]!["testCorrect"]!, (int)run["result"]!["testTotal"]!,
            (int)run["result"]!["validationCorrect"]!))];
    }

    /// <summary>A picture of one colour with a mark that depends on its number.</summary>
    internal static byte[] Picture(SKColor colour, int number)
    {
        using var bitmap = new SKBitmap(40, 36);
        bitmap.Erase(colour);
        for (var i = 0; i < 12; i++) bitmap.SetPixel((number * 7 + i * 5) % 40, (number * 3 + i) % 36, SKColors.White);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private async Task<SweepProcess.Ended> SubmitAsync()
    {
        foreach (var (name, colour) in new[] { ("red", SKColors.Red), ("green", SKColors.Green), ("blue", SKColors.Blue) })
        {
            var folder = Directory.CreateDirectory(Path.Combine(Photos, name)).FullName;
            for (var i = 0; i < PerClass; i++) await File.WriteAllBytesAsync(Path.Combine(folder, $"{i:D2}.png"), Picture(colour, i));
        }
        Home.Environment["ADAPTCLUSTER_DATA"] = Home.Folder;
        var submitted = await SweepProcess.RunAsync(Home, "submit", Home.Write("photos.json", Spec), "--json");
        Assert.True(submitted.Code == 0, submitted.Error);
        return submitted;
    }
}
