using System.Runtime.InteropServices;

namespace AdaptCluster.Client.Commands;

/// <summary>
/// The signal that asked this process to end, for its exit code: shells and schedulers read 128 + the signal's number as "was told to end".
/// </summary>
internal sealed class EndSignal : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private volatile int _code;

    /// <summary>Begins to listen; what ends the process is left to others.</summary>
    public EndSignal() => _registrations =
    [
        Listen(PosixSignal.SIGINT, 2), Listen(PosixSignal.SIGTERM, 15),
    ];

    /// <summary>130 after SIGINT (Ctrl-C), 143 after SIGTERM; null where no such signal came.</summary>
    public int? ExitCode => _code == 0 ? null : 128 + _code;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private PosixSignalRegistration Listen(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, _ => _code = number);
}
