using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Output;

/// <summary>
/// An animated line with a timer, shown on a terminal during a wait, so that the program does not seem to hang. Writes nothing if the
/// output is not a terminal.
/// </summary>
internal sealed class Spinner : IAsyncDisposable
{
    private const string Frames = "|/-\\", Erase = "\r\u001b[K";

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _ended = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly TextWriter _error;
    private readonly Task _moving;

    private Spinner(TextWriter error, string what, TimeProvider time, bool shown)
    {
        _error = error;
        _moving = shown ? MoveAsync(what, time) : Task.CompletedTask;
    }

    /// <summary>Starts the animated line.</summary>
    /// <param name="error">The writer that receives the line.</param>
    /// <param name="what">The activity to show, such as "starting".</param>
    public static Spinner Start(TextWriter error, string what) =>
        Start(error, what, TimeProvider.System, Terminal.ErrorIsInteractive(error));

    /// <summary>Starts the line if <paramref name="shown"/> is true.</summary>
    internal static Spinner Start(TextWriter error, string what, TimeProvider time, bool shown) => new(error, what, time, shown);

    /// <summary>Returns the line for an elapsed time, such as "/ starting 0:03".</summary>
    public static string At(TimeSpan elapsed, string what) =>
        $"{Frames[(int)(elapsed / Period % Frames.Length)]} {what} {CellText.Clock(elapsed)}";

    /// <summary>Writes a message above the animated line.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _writing.WaitAsync();
        try
        {
            await _error.WriteLineAsync(_moving.IsCompleted ? line : $"{Erase}{line}");
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Removes the animated line.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended.IsCancellationRequested) return;
        await _ended.CancelAsync();
        await _moving;
    }

    private async Task MoveAsync(string what, TimeProvider time)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            await Task.Delay(Period, time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _writing.WaitAsync();
            try
            {
                // Read once: if it changed between writing a frame and the next check, the frame would stay on the screen.
                var isOver = _ended.IsCancellationRequested;
                var line = Terminal.Crop($"  {At(time.GetElapsedTime(started), what)}", Terminal.Width(_error) - 1);
                await _error.WriteAsync(isOver ? Erase : $"{Erase}{line}");
                if (isOver) return;
            }
            finally
            {
                _writing.Release();
            }
        }
    }
}
