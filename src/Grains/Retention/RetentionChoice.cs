using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Retention;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage;

namespace AdaptCluster.Grains.Retention;

/// <summary>The sweeps that a prune request deletes, and the matching sweeps that it keeps.</summary>
/// <param name="Delete">The sweeps to delete, in order of submission.</param>
/// <param name="Keep">The matching sweeps that are kept, each with the reason.</param>
internal sealed record RetentionChoice(SweepSize[] Delete, KeptSweep[] Keep)
{
    /// <summary>Chooses the sweeps to delete from the stored sweeps, which must be in order of submission.</summary>
    /// <exception cref="InvalidInputException">The named sweep is running, paused or being cancelled.</exception>
    public static RetentionChoice Of(IReadOnlyList<SweepSize> sweeps, PruneRequest request, DateTimeOffset now)
    {
        if (request.Sweep is not null)
            return sweeps is [var named] && Standing(named.Id.Value, named.State) is { } why ? throw new InvalidInputException(why)
                : new([.. sweeps], []);
        // Sweeps that are already reduced have nothing left to delete.
        SweepSize[] open = [.. sweeps.Where(sweep => !request.KeepResults || !sweep.IsReduced)];
        var before = request.Older is { } age ? (now - age).ToUnixTimeMilliseconds() : long.MinValue;
        var delete = open.Where(sweep => sweep.State.HasEnded && sweep.EndedMs <= before).ToHashSet();
        if (request.StoreBytes is { } most)
        {
            var left = sweeps.Sum(sweep => sweep.Bytes) - delete.Sum(sweep => Freed(sweep, request.KeepResults));
            foreach (var sweep in open.Where(sweep => sweep.State.HasEnded && !delete.Contains(sweep)))
            {
                if (left <= most) break;
                delete.Add(sweep);
                left -= Freed(sweep, request.KeepResults);
            }
        }
        return new(
            [.. open.Where(delete.Contains)],
            [.. open.Where(sweep => !sweep.State.HasEnded && sweep.SubmittedMs <= before).Take(PruneReport.MostKept)
                .Select(sweep => new KeptSweep(sweep.Id.Value, Rests(sweep)))]);
    }

    /// <summary>Returns the number of bytes that deleting a sweep frees.</summary>
    public static long Freed(SweepSize sweep, bool keepResults) => keepResults ? sweep.Heavy : sweep.Bytes;

    /// <summary>Returns the reason why a sweep cannot be deleted now; null if it can be deleted.</summary>
    public static string? Standing(string sweep, SweepState state) => state switch
    {
        SweepState.Cancelling =>
            $"sweep {sweep} is being cancelled and cannot be deleted yet; 'sweep status {sweep}' shows the workers that it waits for.",
        SweepState.Running or SweepState.Paused =>
            $"sweep {sweep} is {AdaptClusterJson.Name(state)} and cannot be deleted; cancel it first with 'sweep cancel {sweep}'.",
        _ => null,
    };

    private static string Rests(SweepSize sweep) => Standing(sweep.Id.Value, sweep.State)
        ?? $"sweep {sweep.Id} is interrupted and can be resumed; to delete it anyway, use 'sweep delete {sweep.Id}'.";
}
