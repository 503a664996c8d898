using System.Globalization;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Local.Fetching;

/// <summary>Receives a fetch's progress.</summary>
internal interface IFetchProgress
{
    /// <summary>Begins a stage of the work.</summary>
    /// <param name="what">A description such as "dtd: fetching".</param>
    void Begin(string what);

    /// <summary>Reports the bytes processed so far and the total, which is null while it is unknown.</summary>
    void Report(long done, long? total);

    /// <summary>Prints a phrase immediately.</summary>
    void WriteLine(string what);

    /// <summary>Ends the stage.</summary>
    void End();
}

/// <summary>
/// Prints progress: on a terminal, as a single line updated in place; otherwise, as a new line every ten seconds and at the end of longer
/// stages.
/// </summary>
/// <param name="error">Standard error.</param>
/// <param name="isTerminal">Whether a line can be overwritten.</param>
/// <param name="time">The clock.</param>
internal sealed class FetchProgress(TextWriter error, bool isTerminal, TimeProvider time) : IFetchProgress
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromSeconds(0.25), Elsewhere = TimeSpan.FromSeconds(10);

    private string _what = "";
    private long _begun, _shown, _first, _done;
    private long? _total;
    private bool _hasFirst, _hasLine;

    /// <inheritdoc/>
    public void Begin(string what)
    {
        End();
        (_what, _hasFirst, _done, _total) = (what, false, 0, null);
        (_begun, _shown) = (time.GetTimestamp(), time.GetTimestamp());
    }

    /// <inheritdoc/>
    public void Report(long done, long? total)
    {
        // Bytes fetched by an earlier process, or before a restart, are excluded from the speed.
        if (!_hasFirst || done < _done) (_first, _begun, _hasFirst) = (done, time.GetTimestamp(), true);
        (_done, _total) = (done, total);
        if (time.GetElapsedTime(_shown) < (isTerminal ? OnTerminal : Elsewhere)) return;
        _shown = time.GetTimestamp();
        Write(Line());
    }

    /// <inheritdoc/>
    public void WriteLine(string what)
    {
        ClearLine();
        error.WriteLine(PrintableText.OneLine($"{Head}{what}"));
    }

    /// <inheritdoc/>
    public void End()
    {
        if (_hasFirst && (_hasLine || time.GetElapsedTime(_begun) >= Elsewhere))
        {
            Write(Line());
            if (_hasLine) error.WriteLine();
        }
        (_hasLine, _hasFirst, _what) = (false, false, "");
    }

    private string Head => _what.Length > 0 ? $"{_what}: " : "";

    private string Line()
    {
        var text = $"{Head}{SizeText.Of(_done)}";
        if (_total is { } all && all > 0)
            text += string.Create(CultureInfo.InvariantCulture, $" of {SizeText.Of(all)} ({100.0 * _done / all:F0} %)");
        var seconds = time.GetElapsedTime(_begun).TotalSeconds;
        if (seconds <= 0 || _done <= _first) return text;
        var speed = (_done - _first) / seconds;
        text += $" · {SizeText.Of((long)speed)}/s";
        if (_total is { } bytes && bytes > _done)
            text += $" · {CellText.Clock(TimeSpan.FromSeconds(Math.Min((bytes - _done) / speed, 359_999)))} left";
        return text;
    }

    private void Write(string line)
    {
        if (!isTerminal)
        {
            error.WriteLine(line);
            return;
        }
        ClearLine();
        error.Write(Terminal.Crop(line, Math.Max(20, Terminal.Width(error) - 1)));
        error.Flush();
        _hasLine = true;
    }

    private void ClearLine()
    {
        if (_hasLine) error.Write("\r\u001b[K");
        _hasLine = false;
    }
}
