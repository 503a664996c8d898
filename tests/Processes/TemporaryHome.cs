namespace AdaptCluster.Tests;

/// <summary>A folder for specs and a home, gone after the test.</summary>
internal sealed class TemporaryHome : IDisposable
{
    /// <summary>A sweep of some seconds: two data sets, two seeds, twelve jobs.</summary>
    public const string SmallSpec = """
        {
          "backbone": "tiny-clip", "shots": 4, "seeds": [1, 2], "datasets": ["tiny-kinds", "tiny-tinted"],
          "arms": [ { "method": "zero-shot" }, { "method": "adapt", "tTarget": [24, 12] }, { "method": "adapt", "tTarget": { "adaptive": [12, 24] } } ],
          "train": { "epochs": 6, "learningRate": 0.001, "learningRateWarmupEpochs": 0, "augmentation": "none",
                     "adapt": { "maxContextLength": 8, "promptDepth": 3, "pruneWarmupEpochs": 1, "prunePeriod": 3 } }
        }
        """;

    /// <summary>The same on one data set, where it matters how a sweep goes and not what comes out.</summary>
    public static string HalfSpec { get; } =
        SmallSpec.Replace("[\"tiny-kinds\", \"tiny-tinted\"]", "[\"tiny-kinds\"]", StringComparison.Ordinal);

    public string Folder { get; } = Directory.CreateTempSubdirectory("adaptcluster-").FullName;

    public Dictionary<string, string> Environment { get; } = new()
    {
        ["ADAPTCLUSTER_MODELS"] = Repository.At("models"),
        ["ADAPTCLUSTER_HOME"] = "",
        ["ADAPTCLUSTER_CLUSTER"] = "",
        ["ADAPTCLUSTER_DATA"] = "",
        ["ADAPTCLUSTER_WORKERS"] = "2",
        ["ADAPTCLUSTER_THREADS"] = "1",
        ["ADAPTCLUSTER_HTTP__PORT"] = "0",
    };

    /// <summary>Writes a file below the folder.</summary>
    /// <returns>Its name.</returns>
    public string Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(Folder, name), text);
        return name;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
