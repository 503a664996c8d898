using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Runs;

/// <summary>
/// The folder of exported runs. All is written into a folder beside it, which gets its name when it is whole: nobody ever sees half of one.
/// </summary>
internal sealed class RunFolder
{
    /// <summary>What the folder holds, by which a later export knows that it may replace it.</summary>
    public const string FileName = "adaptcluster-runs.json";

    private readonly bool _replaces;

    /// <summary>Checks where it goes, before anything is read.</summary>
    /// <param name="path">The folder to write.</param>
    /// <param name="force">Whether an earlier export there is replaced.</param>
    /// <exception cref="InvalidInputException">Something else is there.</exception>
    public RunFolder(string path, bool force)
    {
        if (path.Length == 0) throw new InvalidInputException("--out: found an empty text; write a folder.");
        Path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (File.Exists(Path)) throw new InvalidInputException($"--out {path}: is a file; name a folder that does not exist yet.");
        // Left by a process that was killed between the two moves of a replacement.
        if (!Directory.Exists(Path) && File.Exists(System.IO.Path.Combine(Aside, FileName))) Directory.Move(Aside, Path);
        if (!IsFilled) return;
        var earlier = IsExport(Path);
        if (!force || !earlier)
        {
            throw new InvalidInputException($"--out {path}: the folder is not empty"
                + (!earlier ? $" and no earlier export ({FileName} is not there); name another one."
                    : "; write --force to replace the export that it holds, or name another one."));
        }
        _replaces = true;
        RefuseLater();
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Where an earlier export lies while this one takes its place.</summary>
    private string Aside => $"{Path}.adaptcluster-old";

    private bool IsFilled => Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any();

    /// <summary>Fills it.</summary>
    /// <param name="fill">Fills a folder, which gets this one's name when it has ended well.</param>
    /// <exception cref="AdaptClusterException">It cannot be written.</exception>
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

    /// <summary>Takes away what the new export replaces; what was put there while it was made stays.</summary>
    /// <returns>Whether an earlier export lies aside now.</returns>
    private bool MakePlace()
    {
        if (!IsFilled)
        {
            if (Directory.Exists(Path)) Directory.Delete(Path);
            return false;
        }
        if (!_replaces || !IsExport(Path))
            throw new InvalidInputException($"--out {Path}: something was put there meanwhile; name another folder.");
        RefuseLater();
        if (IsExport(Aside)) Directory.Delete(Aside, recursive: true);
        Directory.Move(Path, Aside);
        return true;
    }

    /// <summary>
    /// Refuses to replace a folder that a tool has written to since: MLflow keeps its own runs beside those that it was given. The file
    /// that says what was exported is the last one of an export.
    /// </summary>
    private void RefuseLater()
    {
        var ended = File.GetLastWriteTimeUtc(System.IO.Path.Combine(Path, FileName));
        var later = new DirectoryInfo(Path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .FirstOrDefault(entry => entry.LastWriteTimeUtc > ended);
        if (later is not null)
            throw new InvalidInputException($"--out {Path}: {System.IO.Path.GetRelativePath(Path, later.FullName)} was written after the "
                + "export; move it away, or name another folder.");
    }

    private static bool IsExport(string folder) => File.Exists(System.IO.Path.Combine(folder, FileName));
}

/// <summary>What an export wrote.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="To">For which tool.</param>
/// <param name="Runs">How many runs.</param>
/// <param name="States">How many of them in each state that some are in.</param>
/// <param name="Unfinished">How many wait or train, so that a later export may have more.</param>
internal sealed record RunTally(string Sweep, string To, int Runs, SortedDictionary<JobState, int> States, int Unfinished);
