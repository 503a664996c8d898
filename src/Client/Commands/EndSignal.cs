using System.Runtime.InteropServices;

namespace AdaptCluster.Client.Commands;

/// <summary>
/// Records the signal that asked this process to end, for its exit code. Shells and schedulers read 128 plus the signal number as "was
/// told to end".
/// </summary>
internal sealed class EndSignal : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private volatile int _code;

    /// <summary>Starts listening for signals. Ending the process is left to others.</summary>
    public EndSignal() => _registrations =
    [
        Listen(PosixSignal.SIGINT, 2), Listen(PosixSignal.SIGTERM, 15),
    ];

    /// <summary>The exit code: 130 after SIGINT (Ctrl-C), 143 after SIGTERM; null if no such signal arrived.</summary>
    public int? ExitCode => _code == 0 ? null : 128 + _code;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private PosixSignalRegistration Listen(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, _ => _code = number);
}
