using System.Diagnostics;

namespace AdaptCluster.Client.Tests.Commands;

/// <summary>
/// A build for the CPU on a machine that has a GPU and PyTorch: here a driver that describes a card, and a python3 that names a folder with
/// a copy of the packaged libtorch. What cannot be shown without a card is that libtorch computes on it.
/// </summary>
public sealed class LibtorchTests : IDisposable
{
    private readonly TemporaryHome _home = new();

    [Fact]
    public async Task The_doctor_and_a_sweep_use_the_libtorch_of_PyTorch_where_there_is_a_GPU()
    {
        MakeDriver();
        var library = MakePyTorch("2.10.0+cu128");

        var report = (await SweepProcess.RunAsync(_home, "doctor", "--json")).Json;

        Assert.StartsWith($"libtorch 2.10.0 in {library}, ", (string)report["torch"]!, StringComparison.Ordinal);
        Assert.Equal("Fake H100, 81,920 MiB, compute capability 9.0; tf32 and bfloat16 are faster than float32", (string)report["gpu 0"]!);
        await TrainAsync("taken");

        _home.Environment["ADAPTCLUSTER_PYTORCH"] = "false";
        Assert.DoesNotContain(library, (string)(await SweepProcess.RunAsync(_home, "doctor", "--json")).Json["torch"]!,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_PyTorch_that_does_not_fit_is_left_alone_and_the_doctor_says_why()
    {
        MakeDriver();
        var library = MakePyTorch("2.6.0+cu124");

        var report = (await SweepProcess.RunAsync(_home, "doctor", "--json")).Json;

        Assert.Contains(
            $"libtorch 2.6.0+cu124 in {library} is not compatible with this program's bindings, which require PyTorch 2.10 or 2.11",
            (string)report["device"]!, StringComparison.Ordinal);
        Assert.StartsWith("libtorch 2.10.0 in ", (string)report["torch"]!, StringComparison.Ordinal);
        Assert.DoesNotContain(library, (string)report["torch"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_libtorch_is_used_and_one_that_does_not_fit_ends_the_command()
    {
        var library = MakePyTorch("2.10.0+cpu");
        _home.Environment["ADAPTCLUSTER_LIBTORCH"] = Path.GetDirectoryName(library)!;
        var report = (await SweepProcess.RunAsync(_home, "doctor", "--json")).Json;
        Assert.StartsWith($"libtorch 2.10.0 in {library}, built for the CPU", (string)report["torch"]!, StringComparison.Ordinal);
        await TrainAsync("named");

        File.WriteAllText(Path.Combine(library, "..", "version.py"), "__version__ = '2.5.1'\n");
        var refused = await SweepProcess.RunAsync(_home, "doctor");
        Assert.Equal($"sweep: ADAPTCLUSTER_LIBTORCH: libtorch 2.5.1 in {library} is not compatible with this program's bindings, "
            + "which require PyTorch 2.10 or 2.11.", refused.Error.Trim());
    }

    public void Dispose() => _home.Dispose();

    private async Task TrainAsync(string name)
    {
        var spec = _home.Write("spec.json", $$"""
            {"name": "{{name}}", "backbone": "tiny-clip", "shots": 1, "seeds": [1], "datasets": ["tiny-kinds"],
             "arms": [{"method": "kgcoop"}], "train": {"epochs": 1, "learningRateWarmupEpochs": 0} }
            """);
        var results = (await SweepProcess.RunAsync(_home, "submit", spec, "--json")).Json;
        Assert.Equal("completed", (string)results["state"]!);
    }

    /// <summary>Compiles a driver that describes one card, where the loader finds it first.</summary>
    private void MakeDriver()
    {
        var compiler = Programs.Find("gcc");
        Assert.SkipWhen(compiler is null, "No gcc to compile a driver with.");
        _home.Write("driver.c", """
            #include <string.h>
            int cuInit(unsigned flags) { return 0; }
            int cuDeviceGetCount(int *count) { *count = 1; return 0; }
            int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return 0; }
            int cuDeviceGetName(char *name, int length, int device) { strncpy(name, "Fake H100", length); return 0; }
            int cuDeviceTotalMem_v2(unsigned long *bytes, int device) { *bytes = 81920ul << 20; return 0; }
            int cuDeviceGetAttribute(int *value, int attribute, int device) { *value = attribute == 75 ? 9 : 0; return 0; }
            """);
        var folder = Path.Combine(_home.Folder, "driver");
        Directory.CreateDirectory(folder);
        Compile(compiler!, "driver.c", Path.Combine(folder, "libcuda.so.1"));
        _home.Environment["LD_LIBRARY_PATH"] = folder;
    }

    /// <summary>
    /// Makes a PyTorch that a python3 on the PATH names: the build's libtorch in files of their own, and an empty one for CUDA.
    /// </summary>
    /// <returns>The folder with the libraries.</returns>
    private string MakePyTorch(string version)
    {
        var library = Path.Combine(_home.Folder, "site-packages", "torch", "lib");
        Directory.CreateDirectory(library);
        var packaged = Path.Combine(Path.GetDirectoryName(SweepProcess.Program)!, "runtimes", "linux-x64", "native");
        foreach (var file in Directory.GetFiles(packaged, "lib*.so*").Where(IsNeeded))
            File.Copy(file, Path.Combine(library, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(library, "..", "version.py"), $"__version__ = '{version}'\n");
        if (Programs.Find("gcc") is { } compiler)
            Compile(compiler, _home.Write("empty.c", "int nothing;"), Path.Combine(library, "libtorch_cuda.so"));
        _home.Write("python3", $$"""
            #!/bin/sh
            echo '{"Torch": "{{Path.GetDirectoryName(library)}}", "Folders": ["{{_home.Folder}}/site-packages"]}'
            """);
        Run("chmod", "+x", Path.Combine(_home.Folder, "python3"));
        _home.Environment["PATH"] = $"{_home.Folder}:{Environment.GetEnvironmentVariable("PATH")}";
        _home.Environment["XDG_CACHE_HOME"] = Path.Combine(_home.Folder, "cache");
        return library;
    }

    private static bool IsNeeded(string file) =>
        Path.GetFileName(file) is var name && (name.StartsWith("libc10", StringComparison.Ordinal)
            || name.StartsWith("libgomp", StringComparison.Ordinal) || name is "libtorch.so" or "libtorch_cpu.so");

    private void Compile(string compiler, string source, string output) =>
        Run(compiler, "-shared", "-fPIC", "-o", output, Path.Combine(_home.Folder, source));

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
