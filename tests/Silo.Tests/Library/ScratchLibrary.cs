using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Library;

namespace AdaptCluster.Silo.Tests.Library;

/// <summary>A library over folders of a test's own: a copy of tiny-clip as "clip" and, once filled, sets of bitmaps.</summary>
internal sealed class ScratchLibrary : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("adaptcluster-").FullName;

    public ScratchLibrary()
    {
        Directory.CreateDirectory(At("models", "clip"));
        foreach (var file in Directory.EnumerateFiles(Repository.At("models", "tiny-clip")))
            File.Copy(file, At("models", "clip", Path.GetFileName(file)));
        Settings = new SiloSettings
        {
            Home = At("home"),
            ModelRoots = [At("models")],
            DataRoots = [_root],
            Pool = "cpu",
            Workers = 1,
            Device = "cpu",
            Name = "test",
        };
        Library = new TrainingLibrary(Settings);
    }

    public SiloSettings Settings { get; }

    public TrainingLibrary Library { get; }

    public string At(params string[] parts) => Path.Combine([_root, .. parts]);

    /// <summary>Writes a set of small files of one pixel.</summary>
    public void Fill(string set, int images, params string[] classes)
    {
        foreach (var name in classes)
        {
            Directory.CreateDirectory(At(set, name));
            for (var i = 0; i < images; i++) File.WriteAllBytes(At(set, name, $"{i}.png"), Picture($"{name} {i}"));
        }
    }

    /// <summary>A bitmap of one pixel, whose colour and unused last bytes depend on a text.</summary>
    public static byte[] Picture(string text) =>
    [
        .. "BM"u8, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0,
        0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 0, .. System.Text.Encoding.UTF8.GetBytes(text),
    ];

    /// <summary>Gives a file a time of last write that it never had before.</summary>
    public static void Touch(string path) => File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(2));

    public void Dispose()
    {
        Library.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
