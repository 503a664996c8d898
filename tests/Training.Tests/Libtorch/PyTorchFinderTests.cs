using System.Text.Json;
using AdaptCluster.Training.Libtorch;

namespace AdaptCluster.Training.Tests.Libtorch;

/// <summary>python3 is asked for its PyTorch once, and again when its answer may have changed.</summary>
public sealed class PyTorchFinderTests : IDisposable
{
    private readonly FakeTorch _fake = new();

    [Fact]
    public void An_answer_is_kept_until_a_package_is_installed_or_removed()
    {
        var package = _fake.Package("2.11.0+cu130", cuda: true);
        var path = _fake.Python(Reply(package));

        Assert.Equal(Path.Combine(package, "lib"), Find(path)?.Path);
        Assert.Equal(Path.Combine(package, "lib"), Find(path)?.Path);
        // The root folder, so that no module of the current one is taken for PyTorch.
        Assert.Equal(["/"], _fake.Asked);

        Directory.SetLastWriteTimeUtc(_fake.At("site-packages"), DateTime.UnixEpoch);
        Find(path);
        Assert.Equal(2, _fake.Asked.Length);
        Find(path);
        Assert.Equal(2, _fake.Asked.Length);
    }

    [Fact]
    public void An_answer_is_not_kept_for_another_interpreter()
    {
        var path = _fake.Python(Reply(_fake.Package("2.11.0", cuda: true)));
        Find(path);
        Find(_fake.Python(Reply(null) + "\n"));
        Assert.Equal(2, _fake.Asked.Length);
    }

    [Fact]
    public void The_version_is_read_anew_each_time()
    {
        var package = _fake.Package("2.11.0", cuda: true);
        var path = _fake.Python(Reply(package));
        Assert.Equal("2.11.0", Find(path)?.Version);
        // As an upgrade in place does, which leaves the time of site-packages alone.
        File.WriteAllText(Path.Combine(package, "version.py"), "__version__ = '2.12.0'\n");
        Assert.Equal("2.12.0", Find(path)?.Version);
        Assert.Single(_fake.Asked);
    }

    [Fact]
    public void No_python_no_PyTorch_and_a_broken_python_find_nothing()
    {
        Assert.Null(Find(_fake.At("nothing")));
        Assert.Null(Find(_fake.Python(Reply(null))));
        Assert.Null(Find(_fake.Python("Segmentation fault")));
        Assert.Null(Find(_fake.Python(Reply(_fake.Package("2.11.0", cuda: true)), code: 1)));
        // A package that has no libraries in it, as a folder of that name may.
        Assert.Null(Find(_fake.Python(Reply(_fake.At("site-packages")))));
    }

    [Fact]
    public void A_cache_that_cannot_be_read_or_written_only_costs_the_question()
    {
        var package = _fake.Package("2.11.0", cuda: true);
        var path = _fake.Python(Reply(package));
        Directory.CreateDirectory(_fake.At("cache.json"));
        Assert.NotNull(new PyTorchFinder(_fake.At("cache.json"), path).Find());
        File.WriteAllText(_fake.At("damaged.json"), "{");
        Assert.NotNull(new PyTorchFinder(_fake.At("damaged.json"), path).Find());
    }

    public void Dispose() => _fake.Dispose();

    private LibtorchFolder? Find(string path) => new PyTorchFinder(_fake.At("cache", "pytorch.json"), path).Find();

    private string Reply(string? package) =>
        JsonSerializer.Serialize(new { Torch = package, Folders = (string[])[_fake.At("site-packages"), _fake.At("absent.zip")] });
}
