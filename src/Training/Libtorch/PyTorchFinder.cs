using System.Diagnostics;
using System.Text.Json;

namespace AdaptCluster.Training.Libtorch;

/// <summary>
/// Finds the PyTorch that python3 would import, without importing it. The result is cached in a file. It stays valid as long as the
/// interpreter, the environment variables that the interpreter reads and all folders on its search path are unchanged; installing or
/// removing a package changes the modification time of a folder. If python3 is a script that chooses an interpreter, as with pyenv, the
/// result for the first interpreter stays cached; set ADAPTCLUSTER_LIBTORCH to use a different one.
/// </summary>
/// <param name="cacheFile">The cache file; null to run python3 every time.</param>
/// <param name="path">The folders to search for python3, in the format of PATH.</param>
internal sealed class PyTorchFinder(string? cacheFile, string path)
{
    private const string Script =
        """
        import importlib.util, json, os, sys
        found = importlib.util.find_spec("torch")
        torch = os.path.dirname(found.origin) if found and found.origin else None
        print(json.dumps({"Torch": torch, "Folders": [folder for folder in sys.path if folder]}))
        """;

    private static readonly string[] Variables = ["PYTHONPATH", "PYTHONHOME", "PYTHONNOUSERSITE", "HOME"];
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(20);

    /// <summary>The finder for the current process.</summary>
    internal static PyTorchFinder Default => new(
        CacheFolder is { } folder ? Path.Combine(folder, "adaptcluster", "pytorch.json") : null,
        Environment.GetEnvironmentVariable("PATH") ?? "");

    // The cache is in the user's own folder, since the file names code to load. Other users could write to the folder for temporary files.
    private static string? CacheFolder =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder && Path.IsPathFullyQualified(folder) ? folder
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".cache")
            : null;

    /// <summary>Returns the libtorch of the PyTorch that python3 imports; null if python3 has no PyTorch.</summary>
    internal LibtorchFolder? Find()
    {
        // A relative entry in PATH would let the current folder decide which program runs.
        var python = path.Split(':').Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, "python3"))
            .FirstOrDefault(File.Exists);
        if (python is null) return null;
        var known = Read();
        if (known is null || known.Stamp != Stamp(python, known.Folders))
        {
            if (Ask(python) is not { } reply) return null;
            known = new CachedReply(Stamp(python, reply.Folders), reply.Torch, reply.Folders);
            Keep(known);
        }
        return known.Torch is null ? null : LibtorchFolder.OfPyTorch(known.Torch);
    }

    private static string Stamp(string python, string[] folders) => string.Join('\n',
        Variables.Select(name => $"{name}={Environment.GetEnvironmentVariable(name)}")
            .Concat(folders.Prepend(python).Select(item => $"{item} {Changed(item)}")));

    /// <summary>Returns the modification time of a file or folder or, for a link, of its target; 0 if the path does not exist.</summary>
    private static long Changed(string item) => !Path.Exists(item) ? 0
        : (new FileInfo(item).ResolveLinkTarget(returnFinalTarget: true) ?? new FileInfo(item)).LastWriteTimeUtc.Ticks;

    private static Reply? Ask(string python)
    {
        // The script runs in the root folder, because "python -c" first looks for modules in the current folder, where anyone may have put
        // them.
        var start = new ProcessStartInfo(python, ["-c", Script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(AnswerWithin))
            {
                process.Kill(entireProcessTree: true);
                return null;
            }
            errors.Wait();
            return process.ExitCode == 0 && JsonSerializer.Deserialize<Reply>(output.Result) is { Folders: not null } reply ? reply : null;
        }
        // A python3 that cannot run or prints something else has no usable PyTorch.
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or JsonException or IOException)
        {
            return null;
        }
    }

    private CachedReply? Read()
    {
        try
        {
            return File.Exists(cacheFile)
                && JsonSerializer.Deserialize<CachedReply>(File.ReadAllText(cacheFile)) is { Folders: not null } cached ? cached : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Keep(CachedReply answer)
    {
        if (cacheFile is null) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(cacheFile)!);
            var temporary = $"{cacheFile}.{Environment.ProcessId}";
            File.WriteAllText(temporary, JsonSerializer.Serialize(answer));
            File.Move(temporary, cacheFile, overwrite: true);
        }
        // Without a cache file, python3 runs again next time.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>The output of the script.</summary>
    private sealed record Reply(string? Torch, string[] Folders);

    /// <summary>A cached reply, with a stamp of everything that the reply depends on.</summary>
    private sealed record CachedReply(string Stamp, string? Torch, string[] Folders);
}
