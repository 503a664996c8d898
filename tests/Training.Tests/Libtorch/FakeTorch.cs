using System.Diagnostics;
using AdaptCluster.Training.Tests.Data;

namespace AdaptCluster.Training.Tests.Libtorch;

/// <summary>Folders that look like installed libraries, and a python3 that knows them; deleted at the end.</summary>
internal sealed class FakeTorch : IDisposable
{
    private readonly ScratchFolder _folder = new();

    /// <summary>A file or folder of this place.</summary>
    internal string At(params string[] parts) => Path.Combine([_folder.Root, .. parts]);

    /// <summary>Makes a package folder "torch" as pip does.</summary>
    /// <returns>The package's folder.</returns>
    internal string Package(string version, bool cuda)
    {
        var package = At("site-packages", "torch");
        Directory.CreateDirectory(Path.Combine(package, "lib"));
        File.WriteAllText(Path.Combine(package, "version.py"), $"__all__ = ['__version__']\n__version__ = '{version}'\ncuda = None\n");
        File.WriteAllText(Path.Combine(package, "lib", "libtorch_cpu.so"), "");
        if (cuda) File.WriteAllText(Path.Combine(package, "lib", "libtorch_cuda.so"), "");
        return package;
    }

    /// <summary>Makes a python3 that prints a reply, and writes down that it was asked.</summary>
    /// <returns>A PATH on which it lies.</returns>
    internal string Python(string reply, int code = 0)
    {
        var program = At("bin", "python3");
        Directory.CreateDirectory(At("bin"));
        File.Delete(program);
        File.WriteAllText(program, $"#!/bin/sh\npwd >>'{At("asked")}'\ncat <<'REPLY'\n{reply}\nREPLY\nexit {code}\n");
        using var chmod = Process.Start("chmod", ["+x", program]);
        chmod.WaitForExit();
        return $"relative:{At("nothing")}:{At("bin")}";
    }

    /// <summary>The current folders in which python3 was asked.</summary>
    internal string[] Asked => File.Exists(At("asked")) ? File.ReadAllLines(At("asked")) : [];

    public void Dispose() => _folder.Dispose();
}
