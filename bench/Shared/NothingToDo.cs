using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Workers;
using AdaptCluster.Tests;

namespace AdaptCluster.Bench;

/// <summary>A silo whose jobs end at once, on a backbone and data sets that are not there.</summary>
internal static class NothingToDo
{
    /// <summary>The settings of such a silo in a folder of its own.</summary>
    public static SiloSettings Settings(string folder, string name, int workers) => new()
    {
        Home = folder,
        ModelRoots = [],
        DataRoots = [folder],
        Pool = "cpu",
        Device = "cpu",
        Name = name,
        Workers = workers,
    };

    /// <summary>Takes the place of the catalogue and the trainer.</summary>
    public static void Replace(IServiceCollection services) =>
        services.AddSingleton<ICatalog>(new NoCatalog(classes: 100)).AddTransient<IJobExecutor, NoExecutor>();
}

/// <summary>Finds nothing at once.</summary>
/// <param name="predictions">What each job predicted; null for jobs that keep no predictions.</param>
internal sealed class NoExecutor(Func<byte[]>? predictions = null) : IJobExecutor
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
            if (!job.Events.Cancellation.IsCancellationRequested && job.Events.Begin())
                job.Events.Complete(predictions is null ? Result : Result with { Predictions = predictions() });
            else job.Events.Return(null);
        }
    }
}
