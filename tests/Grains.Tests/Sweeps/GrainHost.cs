using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Core.Internal;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>The real grains in a real silo on a SQLite store, without workers: the tests play them. Leases last 300 ms.</summary>
public sealed class GrainHost : IAsyncLifetime
{
    public const string Pool = "cpu";
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromMilliseconds(300);

    /// <summary>How long leases last here.</summary>
    internal TimeSpan Lasting { get; init; } = LeaseDuration;

    /// <summary>The backbones and data sets that specs may name here.</summary>
    internal ICatalog Catalog { get; init; } = new FixedCatalog(("dtd", 47), ("pets", 37));

    /// <summary>The time that the grains have.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>What the silo has more than others.</summary>
    internal Action<ISiloBuilder> More { get; init; } = _ => { };

    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-grains-").FullName;
    private IHost _host = null!;

    public IFrontGrain Front => Grains.GetGrain<IFrontGrain>(0);

    public IQueueGrain Queue => QueueOf(Pool);

    public IQueueGrain QueueOf(string pool) => Grains.GetGrain<IQueueGrain>(pool);

    /// <summary>Leases a pack as soon as one waits: a pack that comes back waits until its sweep has confirmed that.</summary>
    public async Task<Lease> LeaseAsync(string worker, string pool = Pool)
    {
        for (var tries = 0; tries < 500; tries++)
        {
            if ((await QueueOf(pool).LeaseAsync("silo", worker, LeaseId.New(), Samples.Offer)).Lease is { } lease) return lease;
            await Task.Delay(20);
        }
        throw new TimeoutException($"Nothing waits in pool {pool}.");
    }

    public ISweepGrain Sweep(SweepId id) => Grains.GetGrain<ISweepGrain>(id.Value);

    public ICoordinatorGrain Coordinator(SweepId id) => Grains.GetGrain<ICoordinatorGrain>(id.Value);

    internal SweepStore Store => _host.Services.GetRequiredService<SweepStore>();

    /// <summary>What the silo knows of its store's errors.</summary>
    internal StoreFaults Faults => _host.Services.GetRequiredService<StoreFaults>();

    public async ValueTask InitializeAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(Clock);
        builder.Services.AddSweepGrains(StoreDatabase.Sqlite(Path.Combine(_folder, "store.db")), queue =>
            (queue.Pool, queue.LeaseDuration, queue.RenewEvery, queue.RetryDelay, queue.LongestRetryDelay) =
                (Pool, Lasting, LeaseDuration / 3, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50)));
        builder.Services.AddSingleton(Catalog).AddSingleton(KnownMethods.All);
        builder.UseOrleans(silo => More(silo
            .UseLocalhostClustering(FreePort.Find(), FreePort.Find())
            .UseInMemoryReminderService()
            .UseSiloMetadata(new Dictionary<string, string>
            {
                [SiloMetadataKeys.Role] = "all",
                [SiloMetadataKeys.Pool] = Pool,
                [
                SiloMetadataKeys.Trainer] = $"{TrainerVersion.Current}"
            })));
        _host = builder.Build();
        await Store.Schema.MigrateAsync();
        await _host.StartAsync();
        await LoadedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>How many grains of a type are active.</summary>
    internal async Task<int> ActiveAsync(string type) =>
        (await Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics()).Count(grain => grain.GrainId.Type.ToString() == type);

    /// <summary>
    /// Deactivates the grains that nobody uses at this moment, as the silo does with those that nobody has used for their time.
    /// </summary>
    internal Task CollectAsync() => Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

    /// <summary>Takes the queue's memory away, as when its silo is lost, and waits until it has read the store again.</summary>
    internal async Task MoveQueueAsync(string pool = Pool)
    {
        await LoseQueueAsync(pool);
        await LoadedAsync(pool);
    }

    /// <summary>Takes the queue's memory away.</summary>
    internal async Task LoseQueueAsync(string pool = Pool)
    {
        await QueueOf(pool).AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        for (var tries = 0; tries < 500 && await ActiveAsync("queue") > 0; tries++) await Task.Delay(10);
    }

    /// <summary>Waits until a queue has read the store.</summary>
    internal async Task LoadedAsync(string pool = Pool)
    {
        for (var tries = 0; tries < 500; tries++)
        {
            try
            {
                await QueueOf(pool).HoldingAsync(new SweepId("none-00000000"));
                return;
            }
            catch (GrainFaultException)
            {
                await Task.Delay(20);
            }
        }
        throw new TimeoutException($"The queue of pool {pool} has not read the store.");
    }

    /// <summary>Takes the memory of all sweeps away.</summary>
    internal async Task LoseSweepsAsync()
    {
        for (var tries = 0; tries < 500 && await ActiveAsync("sweep") > 0; tries++)
        {
            await CollectAsync();
            await Task.Delay(20);
        }
        Assert.Equal(0, await ActiveAsync("sweep"));
    }

    /// <summary>What the reminder of a sweep does each minute.</summary>
    internal Task RemindAsync(SweepId id) => Sweep(id).AsReference<IRemindable>().ReceiveReminder("watch", default);

    /// <summary>The sweeps that have a reminder.</summary>
    internal async Task<SweepId[]> RemindersAsync() =>
        [.. (await _host.Services.GetRequiredService<IReminderTable>().ReadRows(0, 0))
            .Reminders.Select(reminder => new SweepId(reminder.GrainId.Key.ToString()!))];

    /// <summary>Runs a statement on the store.</summary>
    internal async Task ExecuteAsync(string sql)
    {
        await using var db = await _host.Services.GetRequiredService<IDbContextFactory<SweepDbContext>>().CreateDbContextAsync();
        await db.Database.ExecuteSqlRawAsync(sql);
    }

    internal IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();
}
