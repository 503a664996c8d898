using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Queue;

/// <summary>Explains why no worker takes a waiting sweep's packs, and what to do about it.</summary>
internal static class QueueObstacles
{
    /// <summary>
    /// Returns the reason why no worker takes the sweep's packs; null if workers run them, or would run them if any were free.
    /// </summary>
    public static string? Of(SweepId sweep, string pool, LeaseBook book, SiloHealthBook silos,
        IReadOnlyDictionary<string, string> setAside, TimeSpan now)
    {
        if (setAside.TryGetValue(sweep.Value, out var unreadable))
            return $"the queue of pool '{pool}' could not load the sweep and has set it aside: {unreadable}";
        if (book.PacksOf(sweep) is not { Waiting: > 0, Leased: 0, OwnRoom: > 0 } packs) return null;
        if (packs.Accounts.Select(account => account.FullText(pool)).FirstOrDefault(full => full is not null) is { } full) return full;
        var present = book.Workers.Present(now);
        if (present.Count == 0)
            return $"pool '{pool}' has no workers; start a silo that serves it, or move the sweep with 'sweep "
                + $"set {sweep} --pool NAME'";
        var trainer = TrainerVersion.Of(packs.Share.Trainer);
        var able = present.Where(asker => asker.Offer.Trainers.Contains(trainer)).ToArray();
        if (able.Length == 0)
        {
            var found = string.Join(", ", present.SelectMany(asker => asker.Offer.Trainers).Distinct().Order());
            return $"the sweep needs workers of trainer version {trainer}, but those of pool '{pool}' run {found}; 'sweep replan "
                + $"{sweep}' plans it again for them";
        }
        var waiting = packs.Known.Values.Where(pack => pack.Parts > 0).ToArray();
        var exact = able.Where(asker => waiting.Any(pack => asker.Offer.Precisions.Contains(pack.Precision))).ToArray();
        if (exact.Length == 0)
        {
            var needed = string.Join(", ", waiting.Select(pack => AdaptClusterJson.Name(pack.Precision)).Distinct());
            return $"the sweep needs workers that compute in {needed}, but pool '{pool}' has none; see train.precision in "
                + "docs/users/spec.md";
        }
        if (exact.All(asker => silos.QuarantinedFor(asker.Silo, now) is not null))
            return $"every silo of pool '{pool}' is quarantined, because several different jobs failed there in a row; 'sweep "
                + $"logs {sweep}' shows why";
        if (waiting.Select(pack => pack.BeginFault).FirstOrDefault(fault => fault is not null) is { } fault)
            return $"the sweep's packs cannot be started: {fault}";
        var refusals = waiting.Select(pack => exact.Select(asker => pack.Avoided.Reason(asker.Silo, now)).ToArray()).ToArray();
        return refusals.All(reasons => reasons.All(reason => reason is not null))
            ? $"no silo of pool '{pool}' can run the waiting packs: {refusals[0][0]}" : null;
    }
}
