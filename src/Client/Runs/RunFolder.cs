using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Runs;

/// <summary>
/// The folder of exported runs. Everything is written to a temporary folder next to it, which is renamed when it is complete, so that no
/// partial export is ever visible.
/// </summary>
internal sealed class RunFolder
{
    /// <summary>The file that describes the export. Its presence allows a later export to replace the folder.</summary>
    public const string FileName = "adaptcluster-runs.json";

    private readonly bool _replaces;

    /// <summary>Checks the target before anything is read.</summary>
    /// <param name="path">The folder to write.</param>
    /// <param name="force">Whether to replace an earlier export.</param>
    /// <exception cref="InvalidInputException">The path is a file, or a folder that must not be replaced.</exception>
    public RunFolder(string path, bool force)
    {
        if (path.Length == 0) throw new InvalidInputException("--out: found an empty value; write a folder's name.");
        Path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (File.Exists(Path)) throw new InvalidInputException($"--out {path}: is a file; write the name of a new folder.");
        // Left behind by a process that was killed between the two moves of a replacement.
        if (!Directory.Exists(Path) && File.Exists(System.IO.Path.Combine(Aside, FileName))) Directory.Move(Aside, Path);
        if (!IsFilled) return;
        var earlier = IsExport(Path);
        if (!force || !earlier)
        {
            throw new InvalidInputException($"--out {path}: the folder is not empty"
                + (!earlier ? $" and is not an earlier export ({FileName} is missing); choose another folder."
                    : "; use --force to replace the export in it, or choose another folder."));
        }
        _replaces = true;
        RefuseLater();
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The temporary location of an earlier export while it is being replaced.</summary>
    private string Aside => $"{Path}.adaptcluster-old";

    private bool IsFilled => Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any();

    /// <summary>Fills the folder.</summary>
    /// <param name="fill">A function that fills a temporary folder, which is renamed to the target on success.</param>
    /// <exception cref="AdaptClusterException">The folder cannot be written to.</exception>
    public async Task<RunTally> FillAsync(Func<string, Task<RunTally>> fill)
    {
        var (beside, moved) = ($"{Path}.{Guid.NewGuid():N}.tmp", false);
        try
        {
            Directory.CreateDirectory(beside);
            var tally = await fill(beside);
            await File.WriteAllTextAsync(
                System.IO.Path.Combine(beside, FileName), JsonSerializer.Serialize(tally, AdaptClusterJson.Indented) + "\n");
            moved = MakePlace();
            Directory.Move(beside, Path);
            return tally;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (moved && !Directory.Exists(Path)) Directory.Move(Aside, Path);
            throw new AdaptClusterException($"--out {Path}: cannot be written ({e.Message.TrimEnd('.')}).", e);
        }
        finally
        {
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
            if (moved && Directory.Exists(Path) && IsExport(Aside)) Directory.Delete(Aside, recursive: true);
        }
    }

    /// <summary>
    /// Moves the earlier export aside. If other files were added to the folder in the meantime, they are kept and the export is refused.
    /// </summary>
    /// <returns>Whether an earlier export was moved aside.</returns>
    private bool MakePlace()
    {
        if (!IsFilled)
        {
            if (Directory.Exists(Path)) Directory.Delete(Path);
            return false;
        }
        if (!_replaces || !IsExport(Path))
            throw new InvalidInputException($"--out {Path}: files were added to the folder during the export; choose another folder.");
        RefuseLater();
        if (IsExport(Aside)) Directory.Delete(Aside, recursive: true);
        Directory.Move(Path, Aside);
        return true;
    }

    /// <summary>
    /// Refuses to replace a folder that a tool has written to since the export: MLflow stores its own runs next to the exported ones. The
    /// file that describes the export is written last, so anything newer came later.
    /// </summary>
    private void RefuseLater()
    {
        var ended = File.GetLastWriteTimeUtc(System.IO.Path.Combine(Path, FileName));
        var later = new DirectoryInfo(Path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .FirstOrDefault(entry => entry.LastWriteTimeUtc > ended);
        if (later is not null)
            throw new InvalidInputException($"--out {Path}: {System.IO.Path.GetRelativePath(Path, later.FullName)} is newer than the "
                + "export; move it away, or choose another folder.");
    }

    private static bool IsExport(string folder) => File.Exists(System.IO.Path.Combine(folder, FileName));
}

/// <summary>The summary of an export.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="To">The tool.</param>
/// <param name="Runs">The number of runs.</param>
/// <param name="States">The number of runs in each state that occurs.</param>
/// <param name="Unfinished">The number of queued or running jobs, for which a later export may contain more data.</param>
internal sealed record RunTally(string Sweep, string To, int Runs, SortedDictionary<JobState, int> States, int Unfinished);
