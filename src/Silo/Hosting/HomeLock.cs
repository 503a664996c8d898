using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Hosting;

/// <summary>
/// Locks a home folder for one silo process, or for several processes that only read its store while no silo uses it. The operating system
/// releases the lock when the process exits, even if it crashes. A file next to the lock names the silo that holds it and its gateway port,
/// so that other commands can join.
/// </summary>
public sealed class HomeLock : IDisposable
{
    private readonly FileStream _file;
    private readonly string? _record;
    private readonly Lock _publishing = new();
    private bool _withdrawn;

    private HomeLock(FileStream file, string? record) => (_file, _record) = (file, record);

    /// <summary>Locks the home folder, creating it if needed; returns false if another process holds it.</summary>
    /// <exception cref="InvalidInputException">The folder cannot be created or written to.</exception>
    public static bool TryTake(string home, [NotNullWhen(true)] out HomeLock? taken)
    {
        if (TryOpen(home, FileAccess.ReadWrite, FileShare.None) is not { } file)
        {
            taken = null;
            return false;
        }
        PrivateFolder.Tighten(home);
        taken = new HomeLock(file, RecordFile(home));
        taken.Begin();
        return true;
    }

    /// <summary>
    /// Locks the home folder together with other readers; returns false if a silo holds it. A starting silo waits until all readers are
    /// done. If a killed process left a record behind, the record is removed, because it would be attributed to the current holder.
    /// </summary>
    /// <exception cref="InvalidInputException">
    /// The folder cannot be read, or it was never locked before and cannot be written to.
    /// </exception>
    public static bool TryShare(string home, [NotNullWhen(true)] out HomeLock? shared)
    {
        shared = TryOpen(home, FileAccess.Read, FileShare.Read) is { } file ? new HomeLock(file, record: null) : null;
        if (shared is null) return false;
        try
        {
            File.Delete(RecordFile(home));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder belongs to another user and is read-only for this one.
        }
        return true;
    }

    /// <summary>Opens the lock file; returns null if another process holds a conflicting lock.</summary>
    private static FileStream? TryOpen(string home, FileAccess access, FileShare share)
    {
        try
        {
            PrivateFolder.Create(home);
            return new FileStream(Path.Combine(home, "lock"), FileMode.OpenOrCreate, access, share);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException)
            && File.Exists(Path.Combine(home, "lock")))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{home}: cannot write to the folder ({e.Message}); set ADAPTCLUSTER_HOME to another one.",
                e);
        }
    }

    /// <summary>Returns the process that holds a home folder; null if no process holds it, or the holder is starting or stopping.</summary>
    public static HomeHolder? Holder(string home)
    {
        try
        {
            return JsonSerializer.Deserialize<HomeHolder>(File.ReadAllText(RecordFile(home)), AdaptClusterJson.Compact);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null; // It is being written, or there is none.
        }
    }

    /// <summary>
    /// Publishes the gateway port so that other processes can join. A silo without workers does not call this, because it would never train
    /// the sweeps of a process that joined. Does nothing if the silo was told to stop during its start and has already called <see
    /// cref="Withdraw"/>.
    /// </summary>
    public void Publish(int gatewayPort)
    {
        lock (_publishing)
            if (!_withdrawn) Write(new HomeHolder(Environment.ProcessId, gatewayPort));
    }

    /// <summary>Prevents other processes from joining, because the silo is about to stop. They wait for the home folder instead.</summary>
    public void Withdraw()
    {
        lock (_publishing)
        {
            _withdrawn = true;
            File.Delete(Record);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_record is not null) Withdraw();
        _file.Dispose();
    }

    private string Record => _record ?? throw new InvalidOperationException("A shared lock has no record.");

    /// <summary>Replaces a record left behind by a killed holder.</summary>
    private void Begin()
    {
        try
        {
            File.Delete(Record);
            Write(new HomeHolder(Environment.ProcessId, GatewayPort: null));
        }
        catch (IOException)
        {
            // The disk is full. Sweeps can still be read, and other processes wait for the lock without knowing who holds it.
        }
    }

    private void Write(HomeHolder holder) => File.WriteAllText(Record, JsonSerializer.Serialize(holder, AdaptClusterJson.Compact));

    private static string RecordFile(string home) => Path.Combine(home, "silo.json");
}

/// <summary>The process that holds a home folder.</summary>
/// <param name="ProcessId">The process id.</param>
/// <param name="GatewayPort">The port of the process's gateway on the loopback interface; null if other processes cannot join it.</param>
public sealed record HomeHolder(int ProcessId, int? GatewayPort);
