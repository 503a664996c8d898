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

    private readonly string _hidden, _aside;
    private readonly FileStream _lock;

    /// <summary>Opens the place, and puts right what a killed process has left.</summary>
    /// <param name="root">The data root.</param>
    /// <param name="set">The data set.</param>
    /// <exception cref="AdaptClusterException">Nobody may write there, or another process fetches the same archive.</exception>
    public FetchPlace(string root, FetchSet set)
    {
        (Target, _hidden) = (Path.Combine(root, set.Folder), Path.Combine(root, HiddenName));
        (Archive, Unpacked, _aside) = (Path.Combine(_hidden, set.File), Path.Combine(_hidden, $"{set.Folder}.new"),
            Path.Combine(_hidden, $"{set.Folder}.old"));
        var isThere = false;
        try
        {
            Directory.CreateDirectory(_hidden);
            var path = $"{Archive}.lock";
            isThere = File.Exists(path);
            _lock = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (isThere)
        {
            throw new AdaptClusterException($"{Archive}: another process fetches it; wait for its end.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"--to {root}: cannot be written into ({e.Message.TrimEnd('.')}); name another data root.", e);
        }
        Recover();
    }

    /// <summary>The data set's folder.</summary>
    public string Target { get; }

    /// <summary>The archive, once it is whole.</summary>
    public string Archive { get; }

    /// <summary>The folder that the archive is unpacked below; it is not there before.</summary>
    public string Unpacked { get; }

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
        catch when (steps)
        {
            Directory.Move(_aside, Target);
            throw;
        }
        Remove(_aside);
        Remove(Unpacked);
    }

    /// <summary>Removes what was unpacked and is not wanted.</summary>
    public void RemoveUnpacked() => Remove(Unpacked);

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Dispose();
        try
        {
            if (!Directory.EnumerateFileSystemEntries(_hidden).Any()) Directory.Delete(_hidden);
        }
        // Another process has begun to use it.
        catch (IOException)
        {
        }
    }

    /// <summary>A process that was killed between two renames has left the former folder aside, and nothing in its place.</summary>
    private void Recover()
    {
        if (Path.Exists(_aside) && !Path.Exists(Target)) Directory.Move(_aside, Target);
        Remove(_aside);
        Remove(Unpacked);
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        else if (File.Exists(folder)) File.Delete(folder);
    }
}
