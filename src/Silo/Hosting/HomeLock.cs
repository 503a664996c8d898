using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Hosting;

/// <summary>
/// Locks a home folder for one silo process, or for several processes that only read its store while no silo uses it. The operating
/// system releases the lock when the process ends, however it ends. A file beside the lock says which silo holds it and where its gateway
/// listens, so that other commands can join it.
/// </summary>
public sealed class HomeLock : IDisposable
{
    private readonly FileStream _file;
    private readonly string? _record;
    private readonly Lock _publishing = new();
    private bool _withdrawn;

    private HomeLock(FileStream file, string? record) => (_file, _record) = (file, record);

    /// <summary>Takes the home folder, creating it if needed; returns false if another process holds it.</summary>
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
    /// Takes the home folder together with other readers; returns false if a silo holds it. A silo that starts waits until all readers
    /// are done. A record left behind by a killed holder is removed, since others would take it for the current holder's.
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
            // Another user's folder, which can be read but not written to.
        }
        return true;
    }

    /// <summary>Opens the lock file; returns null if it is held in a conflicting way.</summary>
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
            throw new InvalidInputException($"{home}: the folder cannot be written ({e.Message}); name another one by ADAPTCLUSTER_HOME.",
                e);
        }
    }

    /// <summary>Returns the process that holds a home folder; null if there is none, or it is just starting or ending.</summary>
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
    /// Publishes where the gateway listens, so that other processes can join. A silo without workers does not call this, since nobody
    /// should wait for it to train. Does nothing if the silo was told to end while it started and has withdrawn already.
    /// </summary>
    public void Publish(int gatewayPort)
    {
        lock (_publishing)
            if (!_withdrawn) Write(new HomeHolder(Environment.ProcessId, gatewayPort));
    }

    /// <summary>Keeps other processes from joining because the silo is about to leave. They wait for the home instead.</summary>
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

    private string Record => _record ?? throw new InvalidOperationException("Who only reads has no record.");

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
            // The disk is full. Sweeps can still be read, and others wait for the lock without knowing who holds it.
        }
    }

    private void Write(HomeHolder holder) => File.WriteAllText(Record, JsonSerializer.Serialize(holder, AdaptClusterJson.Compact));

    private static string RecordFile(string home) => Path.Combine(home, "silo.json");
}

/// <summary>The process that holds a home folder.</summary>
/// <param name="ProcessId">The process id.</param>
/// <param name="GatewayPort">The port of its gateway on the loopback interface; null if it cannot be joined.</param>
public sealed record HomeHolder(int ProcessId, int? GatewayPort);
