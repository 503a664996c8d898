using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Retention;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Storage;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>Deletes a sweep of which nothing runs, between its other changes.</summary>
internal sealed class SweepDeletion(SweepId id, SweepCopy copy, SweepStore store, SweepInstruments instruments)
{
    /// <summary>Deletes it, or all but its results.</summary>
    /// <exception cref="InvalidInputException">It is not there, or it runs.</exception>
    internal async Task RunAsync(bool keepResults)
    {
        if (RetentionChoice.Standing(id.Value, copy.Sweep.State) is { } why) throw new InvalidInputException(why);
        if (!await store.Removal.DeleteAsync(id, keepResults))
        {
            // The store knows better than this copy, such as that another silo holds jobs of it still.
            throw new InvalidInputException(await store.Sweeps.ExistsAsync(id)
                ? $"jobs of sweep {id} are held by workers, so it cannot be deleted yet; 'sweep status {id}' shows them."
                : SweepReader.Missing(id.Value).Message);
        }
        await copy.LoadAsync();
        if (!keepResults) instruments.Forget(id.Value);
    }
}
