using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Grains;
using AdaptCluster.Grains.Storage;
using AdaptCluster.Silo.Workers;

namespace AdaptCluster.Bench.ScaleRun;

/// <summary>Facts of a backbone and of data sets that are not there.</summary>
internal sealed class NoCatalog : ICatalog
{
    public BackboneFacts DescribeBackbone(string name) => new()
    {
        Name = name,
        ImageDepth = 12,
        TextDepth = 12,
        ImageWidth = 768,
        TextWidth = 512,
        Fingerprint = "none",
        Parameters = 1,
        ImageMultiplyAdds = 1,
        TextMultiplyAdds = 1,
    };

    public TextFacts DescribeLongestText(string backbone, DatasetSource source) => new("class", 10, 77);

    public DatasetFacts DescribeDataset(DatasetSource source, int shots) =>
        new()
        {
            Name = source.Name,
            Classes = 100,
            TrainImages = 1600,
            ValidationImages = 400,
            TestImages = 1000,
            Fingerprint = source.Name,
        };
}

/// <summary>Finds nothing at once.</summary>
internal sealed class NoExecutor : IJobExecutor
{
    private static readonly JobResult Result = new()
    {
        TestCorrect = 500,
        TestTotal = 1000,
        ValidationCorrect = 200,
        ValidationTotal = 400,
        ImageContextTokens = 1,
        TextContextTokens = 1,
        TrainableParameters = 1,
        MultiplyAdds = 1,
        Duration = TimeSpan.Zero,
    };

    public void Run(IReadOnlyList<PackJob> jobs)
    {
        foreach (var job in jobs)
        {
            if (!job.Events.Cancellation.IsCancellationRequested && job.Events.Begin()) job.Events.Complete(Result);
            else job.Events.Return(null);
        }
    }
}

/// <summary>The tables of the benchmark's store.</summary>
internal static class Database
{
    public static async Task MigrateAsync(string connectionString)
    {
        await using var services = new ServiceCollection()
            .AddStore(StoreDatabase.Postgres(connectionString, "STORE")).BuildServiceProvider();
        await GrainServices.MigrateStoreAsync(services);
    }
}
