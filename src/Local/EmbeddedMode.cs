using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Local.Commands;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Http;
using AdaptCluster.Storage;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Local;

/// <summary>
/// Connects the silo, the store and the trainer to the commands. Settings are read only when a command needs them. Most commands for a
/// cluster need no settings.
/// </summary>
internal sealed class EmbeddedMode : IEmbeddedMode
{
    public IReadOnlyList<Command> Commands =>
    [
        PredictCommand.Create(), MethodsCommand.Create(), DatasetsCommand.Create(), ServeCommand.Create(), DbCommand.Create(),
        PretrainCommand.Create(),
    ];

    public bool HasStore => HomeFolder.HasStore(Settings);

    public string NoSweep => HomeFolder.NoSweep(Settings);

    public int Workers => Settings.Workers;

    public Task<SweepConnection> OpenAsync(ConnectionUse use, Func<string, Task> say, CancellationToken cancellation) =>
        HomeConnections.OpenAsync(HostSettings.FromEnvironment(), use, say, cancellation);

    public async Task<(Uri Address, IAsyncDisposable Page)> ServePageAsync(IClusterClient client, CancellationToken cancellation)
    {
        var page = await PageHost.StartAsync(
            HomeConnections.FreeHttp(HostSettings.FromEnvironment().Serving.Http, ownPort: false), client, cancellation);
        return (page.Address, page);
    }

    public Task<string[]> SweepIdsAsync(string prefix) => StoreServices.SweepIdsAsync(StoreFile, prefix);

    public Task<string[]> JobIdsAsync(string sweepPrefix, string prefix) => StoreServices.JobIdsAsync(StoreFile, sweepPrefix, prefix);

    public Task<(int Sweeps, int Jobs, long Bytes)> BackupAsync(string file, bool replace, CancellationToken cancellation) =>
        StoreBackup.WriteAsync(StoreFile, file, replace, cancellation);

    public void CheckSpec(string spec, string source) => SpecParser.Parse(spec, source, Settings.KnownMethods);

    public Task<PlanPreview> PlanAsync(string spec, string source) =>
        LocalPlanner.PlanAsync(Settings, spec, source);

    public (IReadOnlyList<string>? Names, string Reason) ImageNames(JobDefinition job, EvaluatedSplit split, string manifest) =>
        LocalImages.Names(Settings, job, split, manifest);

    public (ExportTokens? Tokens, string Reason) Tokens(
        string backbone, string fingerprint, string template, IReadOnlyList<string> classNames) =>
        LocalTokens.Of(Settings, backbone, fingerprint, template, classNames);

    public void WriteOnnx(IReadOnlyList<OnnxRequest> requests) => LocalOnnx.Write(Settings, requests);

    public Dictionary<string, string> Examine() => Doctor.Examine(Settings);

    public async Task<StoreStatus> AskStoreAsync(string connectionString)
    {
        await using var services = new ServiceCollection()
            .AddStore(ClusterSettings.Database(connectionString), watches: false).BuildServiceProvider();
        try
        {
            await StoreServices.CheckStoreAsync(services);
            return new StoreStatus(Answers: true);
        }
        catch (AdaptClusterException e)
        {
            return new StoreStatus(Answers: false, Message: e.Message);
        }
    }

    public StoreException? StoreFault(Exception error) => StoreServices.StoreFault(error);

    private static SiloSettings Settings => HostSettings.FromEnvironment().Silo;

    private static string StoreFile => Settings.StoreFile;
}
