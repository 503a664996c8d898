using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace AdaptCluster.Tests;

/// <summary>The built command in a process of its own, with a home folder of its own and the repository's tiny-clip.</summary>
internal sealed class SweepProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private const string Waiting = "waiting for an answer from process ";
    private readonly StringBuilder _output = new(), _error = new();
    private readonly Process _process;

    private SweepProcess(Process process) => _process = process;

    /// <summary>The program as the build made it.</summary>
    public static string Program { get; } = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "..", "..", "Local", new DirectoryInfo(AppContext.BaseDirectory).Name, "sweep"));

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Standard error so far.</summary>
    public string Error
    {
        get { lock (_error) return _error.ToString(); }
    }

    /// <summary>Standard output so far.</summary>
    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    /// <summary>Starts a command.</summary>
    public static SweepProcess Start(TemporaryHome home, params string[] arguments) => Start(home, Program, arguments);

    /// <summary>Starts another program with the same surroundings.</summary>
    public static SweepProcess Start(TemporaryHome home, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = home.Folder,
        };
        foreach (var (name, value) in home.Environment) start.Environment[name] = value;
        var sweep = new SweepProcess(new Process { StartInfo = start });
        sweep._process.OutputDataReceived += (_, line) => { lock (sweep._output) sweep._output.AppendLine(line.Data); };
        sweep._process.ErrorDataReceived += (_, line) => { lock (sweep._error) sweep._error.AppendLine(line.Data); };
        sweep._process.Start();
        sweep._process.BeginOutputReadLine();
        sweep._process.BeginErrorReadLine();
        return sweep;
    }

    /// <summary>
    /// Runs a command to its end. On a busy machine a silo takes its time to answer, and the command says that it waits: that line is left
    /// out.
    /// </summary>
    public static async Task<Ended> RunAsync(TemporaryHome home, params string[] arguments)
    {
        using var process = Start(home, arguments);
        var ended = await process.EndAsync();
        return ended with
        {
            Error = string.Join('\n', ended.Error.Split('\n').Where(line => !line.StartsWith(Waiting, StringComparison.Ordinal))),
        };
    }

    /// <summary>Waits for the end.</summary>
    /// <param name="limit">How long; five minutes unless told.</param>
    public async Task<Ended> EndAsync(TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(limit ?? Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(
                $"sweep {string.Join(' ', _process.StartInfo.ArgumentList)} did not end in {limit ?? Patience}. It "
                + $"wrote: {_output} {_error}");
        }
        return new(_process.ExitCode, Output.Trim(), Error.Trim());
    }

    /// <summary>Waits until standard error holds a text.</summary>
    public Task WaitForErrorAsync(string text) => WaitAsync(text, () => Error);

    /// <summary>Waits until standard output holds a text.</summary>
    public Task WaitForOutputAsync(string text) => WaitAsync(text, () => Output);

    private async Task WaitAsync(string text, Func<string> written)
    {
        var started = Stopwatch.GetTimestamp();
        while (!written().Contains(text, StringComparison.Ordinal))
        {
            if (HasExited || Stopwatch.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"'{text}' did not appear. sweep wrote: {Output} {Error}");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    /// <summary>Sends a signal, such as "TERM", "STOP" or "CONT".</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Ends it as kill -9 does.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>What an ended command left.</summary>
    internal sealed record Ended(int Code, string Output, string Error)
    {
        public JsonNode Json => JsonNode.Parse(Output)!;
    }
}
