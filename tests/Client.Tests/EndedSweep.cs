[assembly: AssemblyFixture(typeof(AdaptCluster.Client.Tests.EndedSweep))]

namespace AdaptCluster.Client.Tests;

/// <summary>
/// A home with a small sweep that has ended, for tests that only look at it; a silo serves it, so that each command answers at once.
/// </summary>
public sealed class EndedSweep : IAsyncLifetime
{
    private readonly TemporaryHome _home = new();
    private readonly Lock _one = new();
    private SweepProcess? _silo;
    private Task<SweepProcess.Ended>? _submitted;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_silo is { HasExited: false })
        {
            await _silo.SignalAsync("TERM");
            await _silo.EndAsync();
        }
        _silo?.Dispose();
        _home.Dispose();
    }

    /// <summary>Where it is; a test writes files of its own there under names of its own.</summary>
    internal TemporaryHome Home => _home;

    /// <summary>What <c>sweep submit --json</c> gave.</summary>
    internal Task<SweepProcess.Ended> SubmittedAsync()
    {
        // Not before a test asks: a run of other tests alone needs no sweep.
        lock (_one) return _submitted ??= SubmitAsync();
    }

    /// <summary>Runs a command on it.</summary>
    internal async Task<SweepProcess.Ended> RunAsync(params string[] arguments)
    {
        await SubmittedAsync();
        return await SweepProcess.RunAsync(_home, arguments);
    }

    private async Task<SweepProcess.Ended> SubmitAsync()
    {
        _silo = SweepProcess.Start(_home, "serve", "--gateway-port", $"{FreePort.Find()}");
        await _silo.WaitForErrorAsync("silo ready");
        var submitted = await SweepProcess.RunAsync(_home, "submit", _home.Write("small.json", TemporaryHome.SmallSpec), "--json");
        Assert.True(submitted.Code == 0, submitted.Error);
        return submitted;
    }
}
