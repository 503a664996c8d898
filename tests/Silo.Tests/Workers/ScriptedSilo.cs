using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptCluster.Silo.Tests.Workers;

/// <summary>A real silo by itself, whose trainer a test writes: grains, queue, store and workers are those of every day.</summary>
internal sealed class ScriptedSilo : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-scripted-").FullName;
    private SiloHost _silo = null!;
    private bool _stopped;

    private ScriptedSilo()
    {
    }

    public WorkerHealth Health => _silo.Health;

    public int GatewayPort => _silo.Gateway!.Port;

    public ISweepGrain Sweep(SweepId id) => _silo.Client.GetGrain<ISweepGrain>(id.Value);

    public ICoordinatorGrain Coordinator(SweepId id) => _silo.Client.GetGrain<ICoordinatorGrain>(id.Value);

    /// <summary>Starts one.</summary>
    /// <param name="run">Runs the jobs of a lease.</param>
    /// <param name="change">Changes its settings.</param>
    /// <param name="replace">Replaces services.</param>
    public static async Task<ScriptedSilo> StartAsync(Action<IReadOnlyList<PackJob>> run, Func<SiloSettings, SiloSettings>? change = null,
        Action<IServiceCollection>? replace = null)
    {
        var scripted = new ScriptedSilo();
        var settings = new SiloSettings
        {
            Home = scripted._folder,
            ModelRoots = [],
            DataRoots = [scripted._folder],
            Pool = "cpu",
            Device = "cpu",
            Name = "silo",
            Workers = 1,
            LocalGatewayPort = 0,
        };
        if (!HomeLock.TryTake(scripted._folder, out var home)) throw new InvalidOperationException($"{scripted._folder} is held.");
        scripted._silo = await SiloHost.StartAsync(change?.Invoke(settings) ?? settings, home, CancellationToken.None, services =>
        {
            services.AddSingleton<ICatalog>(new NoCatalog(classes: 10)).AddTransient<IJobExecutor>(_ => new Executor(run));
            replace?.Invoke(services);
        });
        return scripted;
    }

    public Task<SweepId> SubmitAsync(string spec, SubmitOptions? options = null) =>
        _silo.Client.GetGrain<IFrontGrain>(0).SubmitAsync(spec, "spec.json", options ?? new SubmitOptions
        {
            UseCache = false,
        });

    /// <summary>Waits until a sweep is as a test wants it.</summary>
    public async Task<SweepStatus> WaitAsync(SweepId id, Func<SweepStatus, bool> wanted)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            var status = await Sweep(id).StatusAsync();
            if (wanted(status)) return status;
            if (TimeProvider.System.GetElapsedTime(started) > Limit) throw new TimeoutException($"The sweep is not as expected: {status}");
            await Task.Delay(50);
        }
    }

    /// <summary>The folder of its store.</summary>
    public string Home => _folder;

    /// <summary>Stops the silo; its store stays until it is disposed of.</summary>
    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        await _silo.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Ends a job with a result that depends on the job alone.</summary>
    public static JobResult ResultOf(JobDefinition job) => Samples.Result(testCorrect: (job.Seed * 7 + (job.TTarget ?? 0)) % 100);

    private sealed class Executor(Action<IReadOnlyList<PackJob>> run) : IJobExecutor
    {
        public void Run(IReadOnlyList<PackJob> jobs) => run(jobs);
    }
}
