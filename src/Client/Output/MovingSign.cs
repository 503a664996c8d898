using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Output;

/// <summary>
/// A line on a terminal that moves and counts the time while there is nothing else to show, so that waiting does not look like hanging. On
/// anything but a terminal it writes nothing.
/// </summary>
internal sealed class MovingSign : IAsyncDisposable
{
    private const string Frames = "|/-\\", Erase = "\r\u001b[K";

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _ended = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly TextWriter _error;
    private readonly Task _moving;

    private MovingSign(TextWriter error, string what, TimeProvider time, bool shown)
    {
        _error = error;
        _moving = shown ? MoveAsync(what, time) : Task.CompletedTask;
    }

    /// <summary>Begins to show what is waited for.</summary>
    /// <param name="error">Where to.</param>
    /// <param name="what">What is waited for.</param>
    public static MovingSign Start(TextWriter error, string what) =>
        Start(error, what, TimeProvider.System, Terminal.ErrorIsInteractive(error));

    /// <summary>The same, wherever it is shown.</summary>
    internal static MovingSign Start(TextWriter error, string what, TimeProvider time, bool shown) => new(error, what, time, shown);

    /// <summary>The sign after some time, such as "/ starting 0:03".</summary>
    public static string At(TimeSpan elapsed, string what) =>
        $"{Frames[(int)(elapsed / Period % Frames.Length)]} {what} {CellText.Clock(elapsed)}";

    /// <summary>Writes a line above the sign.</summary>
    public async Task SayAsync(string line)
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

    /// <summary>Removes the sign.</summary>
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
                // Asked once: an end between a frame and the next question would leave the frame there.
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
