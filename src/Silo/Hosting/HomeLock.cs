using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Hosting;

/// <summary>
/// Holds a home folder for one silo process. The operating system frees it when the process ends, however it ends. The file beside it says
/// where the holder's gateway listens, so that other commands join it.
/// </summary>
public sealed class HomeLock : IDisposable
{
    private readonly FileStream _file;
    private readonly string _endpoint;

    private HomeLock(FileStream file, string endpoint) => (_file, _endpoint) = (file, endpoint);

    /// <summary>Takes the home folder, creating it; false when another process holds it.</summary>
    /// <exception cref="InvalidInputException">The folder cannot be created or written.</exception>
    public static bool TryTake(string home, [NotNullWhen(true)] out HomeLock? taken)
    {
        try
        {
            Directory.CreateDirectory(home);
            var file = new FileStream(Path.Combine(home, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            taken = new HomeLock(file, EndpointFile(home));
            // A holder that was killed has left its address behind.
            File.Delete(taken._endpoint);
            return true;
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && File.Exists(Path.Combine(home, "lock")))
        {
            taken = null;
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{home}: the folder cannot be written ({e.Message}); name another one by ADAPTCLUSTER_HOME.", e);
        }
    }

    /// <summary>The gateway of the process that holds a home folder; null when it has none.</summary>
    public static int? GatewayPort(string home)
    {
        try
        {
            return JsonSerializer.Deserialize<Endpoint>(File.ReadAllText(EndpointFile(home)), AdaptClusterJson.Compact)?.GatewayPort;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null; // The holder has not started yet, or is just ending.
        }
    }

    /// <summary>Tells other processes where the gateway listens; a silo without workers keeps quiet, since nobody should wait for it to train.</summary>
    public void Publish(int gatewayPort) =>
        File.WriteAllText(_endpoint, JsonSerializer.Serialize(new Endpoint(Environment.ProcessId, gatewayPort), AdaptClusterJson.Compact));

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_endpoint);
        _file.Dispose();
    }

    private static string EndpointFile(string home) => Path.Combine(home, "silo.json");

    private sealed record Endpoint(int ProcessId, int GatewayPort);
}
