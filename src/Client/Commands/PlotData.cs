using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Plots;

namespace AdaptCluster.Client.Commands;

/// <summary>Reads the data for figures that show jobs.</summary>
/// <param name="Reads">The reader for the sweep.</param>
/// <param name="Sweep">The sweep.</param>
internal sealed record PlotData(ISweepReads Reads, SweepId Sweep)
{
    /// <summary>The number of concurrent reads; sequential reads from a cluster would mostly wait for the network.</summary>
    private const int AtOnce = 16;

    /// <summary>Returns the id of the requested job.</summary>
    /// <param name="asked">The request.</param>
    /// <param name="query">A query for a job to suggest in the error.</param>
    /// <exception cref="InvalidInputException">No job was requested.</exception>
    public async Task<string> JobAsync(PlotRequest asked, JobQuery query)
    {
        if (asked.Job is not null) return asked.Job;
        var some = await Reads.JobsAsync(Sweep, query);
        throw new InvalidInputException($"--kind {asked.Kind}: draws one job; use --job with its id" + (some.Jobs is [var first]
            ? $", such as {first.Status.Id} ({first.Status.Description}); 'sweep results {Sweep} --runs' lists them all."
            : "; no job of this sweep prunes context tokens."));
    }

    /// <summary>Returns the histories of the jobs in each complete cell.</summary>
    /// <param name="dataset">The only data set; null for all.</param>
    /// <exception cref="InvalidInputException">The sweep does not have this data set.</exception>
    /// <exception cref="AdaptClusterException">No cell is complete yet.</exception>
    public async Task<ArmRuns[]> ArmsAsync(string? dataset)
    {
        if (dataset is not null)
        {
            var datasets = (await Reads.ResultsAsync(Sweep)).Datasets;
            if (!datasets.Contains(dataset))
                throw new InvalidInputException($"--dataset {dataset}: the sweep has {string.Join(", ", datasets)}; write one of them.");
        }
        var cells = Array.FindAll(await Reads.CellsAsync(Sweep), cell => dataset is null || cell.Dataset == dataset);
        if (cells.Length == 0)
            throw new AdaptClusterException($"plot: no cell of {Sweep} is complete yet; 'sweep status {Sweep}' shows its progress, and "
                + "--job draws a single job.");
        var histories = new Dictionary<JobId, JobHistory>();
        // An adaptive arm shares jobs with other arms.
        foreach (var some in cells.SelectMany(cell => cell.Jobs).Distinct().Chunk(AtOnce))
            foreach (var (job, history) in some.Zip(await Task.WhenAll(some.Select(job => Reads.HistoryAsync(Sweep, job.Value)))))
                histories[job] = history;
        return Array.ConvertAll(cells, cell => new ArmRuns(cell.Row, cell.Dataset, Array.ConvertAll(cell.Jobs, job => histories[job])));
    }

    /// <summary>Returns the history of one job.</summary>
    /// <exception cref="InvalidInputException">No job matches, or more than one does.</exception>
    public async Task<ArmRuns> ArmAsync(string job)
    {
        var history = await Reads.HistoryAsync(Sweep, job);
        return new ArmRuns(history.Status.Description, history.Definition.Dataset.Name, [history]);
    }
}
