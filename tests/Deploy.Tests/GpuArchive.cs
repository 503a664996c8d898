namespace AdaptCluster.Deploy.Tests;

/// <summary>What bench/gpu/pack makes, unpacked into a folder of its own, and programs with a PATH on which there is no .NET.</summary>
public sealed class GpuArchive : IDisposable
{
    /// <summary>What the script of the archive may use of the machine.</summary>
    private static readonly string[] Tools =
    [
        "awk", "bash", "cat", "date", "dirname", "env", "grep", "head", "mkdir", "mktemp", "nproc", "readlink", "realpath", "rm", "sed",
        "tail", "tar", "tr", "xz",
    ];

    private readonly string _place = Directory.CreateTempSubdirectory("adaptcluster-").FullName;

    public GpuArchive()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        Missing = Programs.Find("xz") is null ? "xz is not installed, so the archive for GPU machines was not made."
            : File.Exists(Repository.At("artifacts", "bin", "GpuReport", configuration, "AdaptCluster.GpuReport.dll")) ? null
            : "The benches are not built, so the archive for GPU machines was not made; ./test builds them.";
        if (Missing is not null) return;
        var packed = CheckTools.Run(Repository.At("bench/gpu/pack"), ["--configuration", configuration, "--no-build", "--out", _place]);
        Assert.True(packed.Code == 0, packed.Output + packed.Error);
        Parts = Directory.GetFiles(_place, "adaptcluster-gpu.tar.xz*");
        // What it was made of lies there too, and is not what a user gets.
        Directory.Delete(Path.Combine(_place, "adaptcluster-gpu"), recursive: true);
        var path = Directory.CreateDirectory(Path.Combine(_place, "bin")).FullName;
        foreach (var tool in Tools)
        {
            var program = Programs.Find(tool);
            Assert.True(program is not null, $"This machine has no {tool}.");
            File.CreateSymbolicLink(Path.Combine(path, tool), program);
        }
        var unpacked = Bash($"cd {_place} && cat adaptcluster-gpu.tar.xz* | tar xJ");
        Assert.True(unpacked.Code == 0, unpacked.Error);
    }

    /// <summary>Why there is none; null where there is.</summary>
    public string? Missing { get; }

    /// <summary>The archive, or its two parts.</summary>
    public string[] Parts { get; } = [];

    /// <summary>The unpacked folder.</summary>
    public string Folder => Path.Combine(_place, "adaptcluster-gpu");

    /// <summary>Runs bench/gpu/run of the archive.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="libtorch">Whether the machine has one.</param>
    internal CheckTools.Ended Run(string options, bool libtorch = true) =>
        Bash($"cd {_place} {(libtorch ? "" : "&& unset ADAPTCLUSTER_LIBTORCH ")}&& adaptcluster-gpu/bench/gpu/run {options}");

    public void Dispose() => Directory.Delete(_place, recursive: true);

    private CheckTools.Ended Bash(string command) => CheckTools.Run("env",
    [
        "-i", $"PATH={_place}/bin", $"HOME={_place}",
        // The one that was built beside these tests stands for PyTorch's.
        $"ADAPTCLUSTER_LIBTORCH={Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native")}", "bash", "-c", command,
    ]);
}
