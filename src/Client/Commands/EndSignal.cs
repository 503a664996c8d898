using System.Runtime.InteropServices;

namespace AdaptCluster.Client.Commands;

/// <summary>
/// Turns SIGINT (Ctrl-C) and SIGTERM into the cancellation of a command, and keeps which signal it was for the exit code. Shells and
/// schedulers read 128 plus the signal number as "was told to end".
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
    /// <param name="longestEnd">How long after the signal the process may continue; then it is ended with the signal's exit code.</param>
    public EndSignal(TimeSpan longestEnd)
    {
        _longestEnd = longestEnd;
        _registrations = [Listen(PosixSignal.SIGINT, 128 + 2), Listen(PosixSignal.SIGTERM, 128 + 15)];
    }

    /// <summary>The exit code: 130 after SIGINT, 143 after SIGTERM; null if no such signal arrived.</summary>
    public int? ExitCode => _code is var code and not 0 ? code : null;

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _end.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        // A signal may be under way: it finds nothing to end any more.
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
            // The code is kept before anything can end by the cancellation.
            _code = code;
            _limit = new Timer(_ => Environment.Exit(code), null, _longestEnd, Timeout.InfiniteTimeSpan);
            // What is cancelled may take long to end; a signal handler must not wait for it.
            _ = _end.CancelAsync();
        }
    });
}
