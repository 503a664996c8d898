using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Audit;
using AdaptCluster.Grains.Retention;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Storage;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>Deletes a sweep that is not running. The deletion runs as one of the sweep's serialised changes.</summary>
internal sealed class SweepDeletion(SweepId id, SweepCopy copy, SweepStore store, SweepInstruments instruments, AuditLog audit)
{
    /// <summary>Deletes the sweep, or everything except its results.</summary>
    /// <exception cref="InvalidInputException">The sweep does not exist or is running, or the caller has read-only access.</exception>
    internal async Task RunAsync(bool keepResults)
    {
        await audit.RefuseReadersAsync(id, AuditAction.Delete);
        if (RetentionChoice.Standing(id.Value, copy.Sweep.State) is { } why)
        {
            await audit.RefuseAsync(id, AuditAction.Delete, why);
            throw new InvalidInputException(why);
        }
        await audit.AllowAsync(id, AuditAction.Delete, changes: true, keepResults ? "its results are kept" : null);
        if (!await store.Removal.DeleteAsync(id, keepResults))
        {
            // The store can contain newer data than this copy, for example jobs of the sweep that a worker still runs.
            var held = await store.Sweeps.ExistsAsync(id)
                ? $"workers still run jobs of sweep {id}, so it cannot be deleted yet; 'sweep status {id}' shows them."
                : SweepReader.Missing(id.Value).Message;
            await audit.RefuseAsync(id, AuditAction.Delete, held);
            throw new InvalidInputException(held);
        }
        await copy.LoadAsync();
        if (!keepResults) instruments.Remove(id.Value);
    }
}
