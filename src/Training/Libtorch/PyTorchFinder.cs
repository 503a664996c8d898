using System.Diagnostics;
using System.Text.Json;

namespace AdaptCluster.Training.Libtorch;

/// <summary>
/// Finds the PyTorch that python3 would import, without importing it. The answer is kept in a file and holds as long as the interpreter,
/// the variables it reads and all folders that it looks in are unchanged: installing or removing a package changes its folder's time.
/// Where python3 is a script that picks an interpreter, as pyenv's, the one it picked first is kept; ADAPTCLUSTER_LIBTORCH names another.
/// </summary>
/// <param name="cacheFile">Where the answer is kept; null to ask each time.</param>
/// <param name="path">Folders to look for python3 in, as PATH has them.</param>
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

    /// <summary>The finder of this process.</summary>
    internal static PyTorchFinder Default => new(
        CacheFolder is { } folder ? Path.Combine(folder, "adaptcluster", "pytorch.json") : null,
        Environment.GetEnvironmentVariable("PATH") ?? "");

    // A user's own, since the file names code that is loaded: not the folder for temporary files, where others could write it.
    private static string? CacheFolder =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder && Path.IsPathFullyQualified(folder) ? folder
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".cache")
            : null;

    /// <summary>The libtorch of the PyTorch that python3 imports; null where there is none.</summary>
    internal LibtorchFolder? Find()
    {
        // A relative entry of PATH would let the current folder decide what is run.
        var python = path.Split(':').Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, "python3"))
            .FirstOrDefault(File.Exists);
        if (python is null) return null;
        var known = Read();
        if (known is null || known.Stamp != Stamp(python, known.Folders))
        {
            if (Ask(python) is not { } reply) return null;
            known = new Kept(Stamp(python, reply.Folders), reply.Torch, reply.Folders);
            Keep(known);
        }
        return known.Torch is null ? null : LibtorchFolder.OfPyTorch(known.Torch);
    }

    private static string Stamp(string python, string[] folders) => string.Join('\n',
        Variables.Select(name => $"{name}={Environment.GetEnvironmentVariable(name)}")
            .Concat(folders.Prepend(python).Select(item => $"{item} {Changed(item)}")));

    /// <summary>When a file or folder was last changed, where a link leads to; 0 where there is none.</summary>
    private static long Changed(string item) => !Path.Exists(item) ? 0
        : (new FileInfo(item).ResolveLinkTarget(returnFinalTarget: true) ?? new FileInfo(item)).LastWriteTimeUtc.Ticks;

    private static Reply? Ask(string python)
    {
        // In the root folder: "python -c" looks for modules in the current folder first, and that may be anyone's.
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
        // A python3 that cannot be run, or says something else, has no PyTorch for us.
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or JsonException or IOException)
        {
            return null;
        }
    }

    private Kept? Read()
    {
        try
        {
            return File.Exists(cacheFile) && JsonSerializer.Deserialize<Kept>(File.ReadAllText(cacheFile)) is { Folders: not null } kept
                ? kept : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Keep(Kept answer)
    {
        if (cacheFile is null) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(cacheFile)!);
            var temporary = $"{cacheFile}.{Environment.ProcessId}";
            File.WriteAllText(temporary, JsonSerializer.Serialize(answer));
            File.Move(temporary, cacheFile, overwrite: true);
        }
        // Without a place to keep it, the question is asked again.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>What python3 says.</summary>
    private sealed record Reply(string? Torch, string[] Folders);

    /// <summary>An answer and what it depends on.</summary>
    private sealed record Kept(string Stamp, string? Torch, string[] Folders);
}
