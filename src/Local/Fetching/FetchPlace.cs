using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>
/// The location of a data set: its folder under a data root, and the hidden folder <c>.sweep-fetch</c> there for incomplete data. Both
/// are on one file system, so that a complete folder is moved into place by a single rename.
/// </summary>
internal sealed class FetchPlace : IDisposable
{
    /// <summary>The name of the hidden folder.</summary>
    public const string HiddenName = ".sweep-fetch";

    private readonly string _aside;
    private readonly FileStream _lock;
    private readonly List<string> _notes = [];

    /// <summary>Opens the location, and cleans up after a killed process.</summary>
    /// <param name="root">The data root.</param>
    /// <param name="set">The data set.</param>
    /// <exception cref="AdaptClusterException">
    /// The location cannot be written to, or another process is fetching the same data set.
    /// </exception>
    public FetchPlace(string root, FetchSet set)
    {
        var hidden = Path.Combine(root, HiddenName);
        (Target, Archive) = (Path.Combine(root, set.Folder), Path.Combine(hidden, set.File));
        (Unpacked, _aside) = (Path.Combine(hidden, $"{set.Folder}.new"), Path.Combine(hidden, $"{set.Folder}.old"));
        // The lock is named after the folder, which two catalogues may fill from archives with different names. The file is never
        // removed: otherwise one process could hold a removed file while another creates and holds a new one.
        var path = Path.Combine(hidden, $"{set.Folder}.lock");
        try
        {
            Directory.CreateDirectory(hidden);
            _lock = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new AdaptClusterException($"{Target}: another process is fetching it; wait until that process ends.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"--to {root}: is not writable ({e.Message.TrimEnd('.')}); choose another data root.", e);
        }
        try
        {
            Recover();
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>The data set's folder.</summary>
    public string Target { get; }

    /// <summary>The path of the complete archive.</summary>
    public string Archive { get; }

    /// <summary>The folder to unpack the archive into; it does not exist beforehand.</summary>
    public string Unpacked { get; }

    /// <summary>
    /// Notes on leftovers that could not be removed, each a sentence without a full stop. Leftovers do not affect data sets.
    /// </summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Whether a folder, file or link with the data set's folder name exists, even if the link is broken.</summary>
    public static bool IsTaken(string root, FetchSet set)
    {
        var path = Path.Combine(root, set.Folder);
        return Path.Exists(path) || new FileInfo(path).LinkTarget is not null;
    }

    /// <summary>Moves the unpacked folder into place. An existing folder is set aside first, and restored if the move fails.</summary>
    /// <param name="folder">The folder's name in <see cref="Unpacked"/>.</param>
    /// <param name="replaces">Whether an existing folder may be replaced.</param>
    /// <exception cref="IOException">The folder cannot be moved, or an existing folder must not be replaced.</exception>
    public void MoveIn(string folder, bool replaces)
    {
        var steps = replaces && Path.Exists(Target);
        if (steps) Directory.Move(Target, _aside);
        try
        {
            Directory.Move(Path.Combine(Unpacked, folder), Target);
        }
        catch (Exception e) when (steps)
        {
            PutBack(e);
            throw;
        }
        if (steps) RemoveAside();
    }

    /// <summary>Removes leftover unpacked files.</summary>
    public void RemoveUnpacked() => TryRemove("the unpacked files", Unpacked, () => Remove(Unpacked));

    /// <summary>Removes the archive and its record.</summary>
    public void RemoveArchive() => TryRemove("the archive", Archive, () => PartFile.Remove(Archive));

    /// <summary>Removes the archive's record.</summary>
    public void ForgetArchive() => TryRemove("the archive's record", $"{Archive}.json", () => PartFile.Forget(Archive));

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    /// <summary>Restores the previous folder if a process was killed between two renames, and removes leftovers.</summary>
    private void Recover()
    {
        if (Path.Exists(_aside) && !Path.Exists(Target)) Directory.Move(_aside, Target);
        else if (Path.Exists(_aside)) RemoveAside();
        Remove(Unpacked);
    }

    private void PutBack(Exception cause)
    {
        try
        {
            Directory.Move(_aside, Target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{cause.Message.TrimEnd('.')}; the previous folder is in {_aside}, and running the same command again restores it", cause);
        }
    }

    /// <summary>
    /// Removes the previous folder. It is renamed first, so that a later process cannot restore a partially removed folder.
    /// </summary>
    private void RemoveAside()
    {
        var (gone, number) = ($"{_aside}.1", 1);
        while (Path.Exists(gone)) gone = $"{_aside}.{++number}";
        if (TryRemove("the previous folder", _aside, () => Directory.Move(_aside, gone)))
            TryRemove("the previous folder", gone, () => Remove(gone));
    }

    private bool TryRemove(string what, string path, Action remove)
    {
        try
        {
            remove();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _notes.Add($"{what} could not be removed ({e.Message.TrimEnd('.')}); delete {path}");
            return false;
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        else if (File.Exists(folder)) File.Delete(folder);
    }
}
