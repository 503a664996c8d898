using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Hosting;

/// <summary>
/// Holds a home folder for one silo process, or for several that only read its store while no silo uses it. The operating system frees it
/// when the process ends, however it ends. The file beside it says which silo holds it, and where its gateway listens, so that other
/// commands join it.
/// </summary>
public sealed class HomeLock : IDisposable
{
    private readonly FileStream _file;
    private readonly string? _record;
    private readonly Lock _publishing = new();
    private bool _withdrawn;

    private HomeLock(FileStream file, string? record) => (_file, _record) = (file, record);

    /// <summary>Takes the home folder, creating it; false when another process holds it.</summary>
    /// <exception cref="InvalidInputException">The folder cannot be created or written.</exception>
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
    /// Takes the home folder together with others who only read; false when a silo holds it. A silo that starts waits until all of them
    /// have read. A record that a killed holder has left behind is removed: whoever comes meanwhile would take it for the present holder.
    /// </summary>
    /// <exception cref="InvalidInputException">The folder cannot be read, or it has never been held and cannot be written.</exception>
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
            // Somebody else's folder, which may be read and not be written.
        }
        return true;
    }

    /// <summary>Opens the file that is locked; null when it is held in a way that excludes this one.</summary>
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

    /// <summary>The process that holds a home folder; null when none does, or it is just starting or ending.</summary>
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
    /// Tells other processes where the gateway listens; a silo without workers keeps quiet, since nobody should wait for it to train. One
    /// that was told to end while it started has withdrawn by then, and nobody should join it.
    /// </summary>
    public void Publish(int gatewayPort)
    {
        lock (_publishing)
            if (!_withdrawn) Write(new HomeHolder(Environment.ProcessId, gatewayPort));
    }

    /// <summary>Keeps other processes from joining: the silo is about to leave, and they wait for the home instead.</summary>
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

    /// <summary>Replaces the record that a killed holder has left behind.</summary>
    private void Begin()
    {
        try
        {
            File.Delete(Record);
            Write(new HomeHolder(Environment.ProcessId, GatewayPort: null));
        }
        catch (IOException)
        {
            // The disk is full. Looking at sweeps still works, and others wait for the lock without knowing for whom.
        }
    }

    private void Write(HomeHolder holder) => File.WriteAllText(Record, JsonSerializer.Serialize(holder, AdaptClusterJson.Compact));

    private static string RecordFile(string home) => Path.Combine(home, "silo.json");
}

/// <summary>The process that holds a home folder.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="GatewayPort">Where its gateway listens on the loopback interface; null for a process that nobody can join.</param>
public sealed record HomeHolder(int ProcessId, int? GatewayPort);
