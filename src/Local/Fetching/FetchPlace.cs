using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>
/// Where a data set goes: its folder below a data root, and a hidden folder there, <c>.sweep-fetch</c>, for what is not whole. Both lie on
/// one file system, so that a folder gets its place by one rename.
/// </summary>
internal sealed class FetchPlace : IDisposable
{
    /// <summary>The name of the hidden folder.</summary>
    public const string HiddenName = ".sweep-fetch";

    private readonly string _aside;
    private readonly FileStream _lock;
    private readonly List<string> _notes = [];

    /// <summary>Opens the place, and puts right what a killed process has left.</summary>
    /// <param name="root">The data root.</param>
    /// <param name="set">The data set.</param>
    /// <exception cref="AdaptClusterException">Nobody may write there, or another process fetches the same data set.</exception>
    public FetchPlace(string root, FetchSet set)
    {
        var hidden = Path.Combine(root, HiddenName);
        (Target, Archive) = (Path.Combine(root, set.Folder), Path.Combine(hidden, set.File));
        (Unpacked, _aside) = (Path.Combine(hidden, $"{set.Folder}.new"), Path.Combine(hidden, $"{set.Folder}.old"));
        // By the folder, which two catalogues may fill from archives of different names. The file stays: were it removed, one process
        // could hold the removed one while another makes and holds a new one.
        var path = Path.Combine(hidden, $"{set.Folder}.lock");
        try
        {
            Directory.CreateDirectory(hidden);
            _lock = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new AdaptClusterException($"{Target}: another process fetches it; wait for its end.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"--to {root}: cannot be written into ({e.Message.TrimEnd('.')}); name another data root.", e);
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

    /// <summary>The archive, once it is whole.</summary>
    public string Archive { get; }

    /// <summary>The folder that the archive is unpacked below; it is not there before.</summary>
    public string Unpacked { get; }

    /// <summary>What could not be removed, a sentence without a full stop each: nobody's data set is worse for it.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Whether something has the data set's name, a broken link included.</summary>
    public static bool IsTaken(string root, FetchSet set)
    {
        var path = Path.Combine(root, set.Folder);
        return Path.Exists(path) || new FileInfo(path).LinkTarget is not null;
    }

    /// <summary>Moves what was unpacked to its place. What is there steps aside until then, and comes back where that fails.</summary>
    /// <param name="folder">The folder's name in <see cref="Unpacked"/>.</param>
    /// <param name="replaces">Whether something may be there.</param>
    /// <exception cref="IOException">It cannot be moved, or something is there that may not be replaced.</exception>
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

    /// <summary>Removes what was unpacked and is not wanted.</summary>
    public void RemoveUnpacked() => TryRemove("what was unpacked", Unpacked, () => Remove(Unpacked));

    /// <summary>Removes the archive and what is known of it.</summary>
    public void RemoveArchive() => TryRemove("the archive", Archive, () => PartFile.Remove(Archive));

    /// <summary>Removes what is known of the archive.</summary>
    public void ForgetArchive() => TryRemove("what is known of the archive", $"{Archive}.json", () => PartFile.Forget(Archive));

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    /// <summary>A process that was killed between two renames has left the former folder aside, and nothing in its place.</summary>
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
                $"{cause.Message.TrimEnd('.')}, and the former folder lies in {_aside} until the same command puts it back", cause);
        }
    }

    /// <summary>
    /// Removes the former folder. It gets another name first: half of it must not be put back by a later process that finds no data set.
    /// </summary>
    private void RemoveAside()
    {
        var (gone, number) = ($"{_aside}.1", 1);
        while (Path.Exists(gone)) gone = $"{_aside}.{++number}";
        if (TryRemove("the former folder", _aside, () => Directory.Move(_aside, gone)))
            TryRemove("the former folder", gone, () => Remove(gone));
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
