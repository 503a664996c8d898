using System.Runtime.InteropServices;

namespace AdaptCluster.Client.Commands;

/// <summary>
/// Cancels a command on SIGINT (Ctrl-C) or SIGTERM, and records the signal for the exit code. Shells and schedulers read 128 plus the
/// signal number as termination by that signal.
/// </summary>
internal sealed class EndSignal : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TimeSpan _longestEnd;
    private Timer? _limit;
    private volatile int _code;
    private bool _disposed;

    /// <summary>Starts listening for signals.</summary>
    /// <param name="longestEnd">
    /// The maximum time that the process can continue after the signal; it then exits with the signal's exit code.
    /// </param>
    public EndSignal(TimeSpan longestEnd)
    {
        _longestEnd = longestEnd;
        _registrations = [Listen(PosixSignal.SIGINT, 128 + 2), Listen(PosixSignal.SIGTERM, 128 + 15)];
    }

    /// <summary>The exit code: 130 after SIGINT, 143 after SIGTERM; null if neither arrived.</summary>
    public int? ExitCode => _code is var code and not 0 ? code : null;

    /// <summary>The token that the first signal cancels.</summary>
    public CancellationToken Token => _end.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        // A signal may arrive at the same time; its handler then does nothing.
        lock (_end)
        {
            _disposed = true;
            _limit?.Dispose();
            _end.Dispose();
        }
    }

    private PosixSignalRegistration Listen(PosixSignal signal, int code) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        lock (_end)
        {
            if (_disposed || _code != 0) return;
            // The code is set before the cancellation, which may end the command.
            _code = code;
            _limit = new Timer(_ => Environment.Exit(code), null, _longestEnd, Timeout.InfiniteTimeSpan);
            // Cancelled work may take long to end; a signal handler must not wait for it.
            _ = _end.CancelAsync();
        }
    });
}
