using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Web.Sweeps;

/// <summary>The status of a sweep in the list, for its progress bar and its remaining time.</summary>
/// <param name="Status">The status; null if it cannot be read, for example because another version wrote the sweep's plan.</param>
/// <param name="State">The sweep's state when the status was read.</param>
/// <param name="Jobs">The sweep's job counts when the status was read.</param>
internal sealed record ListedStatus(SweepStatus? Status, SweepState State, JobCounts Jobs)
{
    /// <summary>
    /// Whether the list needs a sweep's status. A sweep whose jobs are not all complete has a progress in iterations, as on its own page.
    /// </summary>
    public static bool IsNeeded(SweepSummary sweep) => sweep.State is SweepState.Running || SweepsPage.IsIncomplete(sweep);

    /// <summary>Reads the status. Once a sweep has ended, it changes only with the state or the job counts.</summary>
    /// <param name="grain">The sweep's grain.</param>
    /// <param name="sweep">The sweep's current summary.</param>
    /// <param name="before">The result of the previous read; null at first.</param>
    public static async Task<ListedStatus> ReadAsync(ISweepGrain grain, SweepSummary sweep, ListedStatus? before)
    {
        if (before is not null && sweep.State.HasEnded && before.State == sweep.State && before.Jobs == sweep.Jobs) return before;
        try
        {
            return new(await grain.StatusAsync(), sweep.State, sweep.Jobs);
        }
        // The sweep was deleted in the meantime, or its plan cannot be read. The list shows the remaining columns.
        catch (AdaptClusterException)
        {
            return new(null, sweep.State, sweep.Jobs);
        }
    }
}
