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

    /// <summary>Checks where it goes, before anything is read.</summary>
    /// <param name="path">The folder to write.</param>
    /// <param name="force">Whether an earlier export there is replaced.</param>
    /// <exception cref="InvalidInputException">Something else is there.</exception>
    public RunFolder(string path, bool force)
    {
        if (path.Length == 0) throw new InvalidInputException("--out: found an empty text; write a folder.");
        Path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (File.Exists(Path)) throw new InvalidInputException($"--out {path}: is a file; name a folder that does not exist yet.");
        if (!IsFilled) return;
        var earlier = File.Exists(System.IO.Path.Combine(Path, FileName));
        if (!force || !earlier)
        {
            throw new InvalidInputException($"--out {path}: the folder is not empty"
                + (!earlier ? $" and no earlier export ({FileName} is not there); name another one."
                    : "; write --force to replace the export that it holds, or name another one."));
        }
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    private bool IsFilled => Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any();

    /// <summary>Fills it.</summary>
    /// <param name="fill">Fills a folder, which gets this one's name when it has ended well.</param>
    /// <exception cref="AdaptClusterException">It cannot be written.</exception>
    public async Task<RunTally> FillAsync(Func<string, Task<RunTally>> fill)
    {
        var (beside, old) = ($"{Path}.{Guid.NewGuid():N}.tmp", $"{Path}.{Guid.NewGuid():N}.old");
        try
        {
            Directory.CreateDirectory(beside);
            var tally = await fill(beside);
            await File.WriteAllTextAsync(
                System.IO.Path.Combine(beside, FileName), JsonSerializer.Serialize(tally, AdaptClusterJson.Indented) + "\n");
            if (IsFilled) Directory.Move(Path, old);
            else if (Directory.Exists(Path)) Directory.Delete(Path);
            Directory.Move(beside, Path);
            return tally;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(old) && !Directory.Exists(Path)) Directory.Move(old, Path);
            throw new AdaptClusterException($"--out {Path}: cannot be written ({e.Message.TrimEnd('.')}).", e);
        }
        finally
        {
            foreach (var left in (string[])[beside, old])
                if (Directory.Exists(left)) Directory.Delete(left, recursive: true);
        }
    }
}

/// <summary>What an export wrote.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="To">For which tool.</param>
/// <param name="Runs">How many runs.</param>
/// <param name="States">How many of them in each state that some are in.</param>
/// <param name="Unfinished">How many wait or train, so that a later export may have more.</param>
internal sealed record RunTally(string Sweep, string To, int Runs, SortedDictionary<JobState, int> States, int Unfinished);
