namespace AdaptCluster.Grains.Queue;

/// <summary>
/// Divides packs so that no worker idles. When a pack is leased, it is divided by the workers that are free then. Later, when free
/// workers find nothing else that fits, the lease with the most unfinished work is taken back. Its worker stops within an iteration and
/// hands its state back, which costs only the restart and does not count as a try. Draining would gain nothing, since the jobs of a pack
/// train side by side.
/// </summary>
internal static class PackDivision
{
    /// <summary>The minimum age of a lease that is divided.</summary>
    internal static readonly TimeSpan LeastAge = TimeSpan.FromSeconds(30);

    /// <summary>The minimum remaining time, at its current pace, of a lease that is divided.</summary>
    internal static readonly TimeSpan LeastRest = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a sweep's answer about unfinished work is used. An older one means that the sweep does not answer, for example because
    /// the store is unavailable, and a worker that stopped then could not hand anything back.
    /// </summary>
    internal static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Returns how many parts of a pack the next lease covers: all of them, unless workers that can run it would then idle.
    /// </summary>
    /// <param name="own">The pack's sweep.</param>
    /// <param name="pack">The pack.</param>
    /// <param name="sweeps">All sweeps with waiting work and room for leases.</param>
    /// <param name="workers">The workers.</param>
    /// <param name="now">The time.</param>
    public static int Parts(SweepPacks own, KnownPack pack, IEnumerable<SweepPacks> sweeps, WorkerBook workers, TimeSpan now)
    {
        if (pack.Parts <= 1 || !own.BeginsParts) return pack.Parts;
        var able = workers.Idle(now).Where(asker => own.Fits(asker) && pack.FitsSurely(asker, now)).ToArray();
        var (free, leases, demands) = (able.Length, 0, new List<Demand>());
        if (free <= 1) return pack.Parts;
        foreach (var sweep in sweeps)
        {
            var demand = DemandOf(sweep, able, now);
            if (demand.Packs == 0) continue;
            // There are enough packs for all free workers.
            if ((leases += Math.Min(demand.Packs, demand.Slots)) >= free) return pack.Parts;
            demands.Add(demand);
        }
        return Math.Clamp((int)Math.Ceiling(WorkPerWorker(own, demands, free) / pack.WorkPerPart), 1, pack.Parts);
    }

    /// <summary>Chooses the lease to take back because idle workers could do some of its work; null if there is none.</summary>
    /// <param name="leases">The leases that are held.</param>
    /// <param name="sweeps">All sweeps.</param>
    /// <param name="workers">The workers.</param>
    /// <param name="now">The time.</param>
    public static HeldLease? Choose(IEnumerable<HeldLease> leases, IEnumerable<SweepPacks> sweeps, WorkerBook workers, TimeSpan now)
    {
        var divisible = leases.Where(lease => lease.IsDivisible && now - lease.Rest!.At <= FreshFor && lease.Sweep.HasRoom
            && now - lease.GrantedAt >= LeastAge && LastsLong(lease)).ToArray();
        if (divisible.Length == 0) return null;
        // A worker that waits for a pack that is held back gets it soon.
        var waiting = sweeps.Where(sweep => sweep is { HasRoom: true, Waiting: > 0 }).ToArray();
        var idle = workers.IdleForSeconds(now).Where(asker => !Array.Exists(waiting, sweep => Waits(sweep, asker))).ToArray();
        return divisible
            .Where(lease => Array.Exists(idle, asker => lease.Sweep.Fits(asker) && lease.Pack.FitsSurely(asker, now)))
            .MaxBy(lease => lease.Rest!.Iterations);
        bool Waits(SweepPacks sweep, Asker asker) =>
            sweep.Fits(asker) && sweep.Known.Values.Any(pack => pack.Parts > 0 && pack.Fits(asker, now));
    }

    /// <summary>
    /// Whether a lease has enough work left, judged by its pace since it was granted. A lease that has completed no epoch since then may
    /// still be loading, when its worker could not stop at once, so it is left alone.
    /// </summary>
    private static bool LastsLong(HeldLease lease)
    {
        var (rest, done) = (lease.Rest!, lease.Iterations - lease.Rest!.Iterations);
        return done > 0 && rest.Iterations * (rest.At - lease.GrantedAt).TotalSeconds >= LeastRest.TotalSeconds * done;
    }

    /// <summary>
    /// The work per worker if all waiting work is spread evenly. A sweep that may have fewer workers than that gets longer leases, and
    /// the other sweeps share the remaining workers.
    /// </summary>
    private static double WorkPerWorker(SweepPacks own, List<Demand> demands, int free)
    {
        var work = demands.Sum(demand => demand.Work);
        foreach (var demand in demands.OrderByDescending(demand => demand.Work / demand.Slots))
        {
            if (demand.Slots >= free || demand.Work / demand.Slots <= work / free) continue;
            if (demand.Sweep == own) return demand.Work / demand.Slots;
            (work, free) = (work - demand.Work, free - demand.Slots);
        }
        return work / free;
    }

    private static Demand DemandOf(SweepPacks sweep, Asker[] able, TimeSpan now)
    {
        var fitting = Array.FindAll(able, sweep.Fits);
        var (packs, work) = (0, 0.0);
        if (fitting.Length > 0)
        {
            foreach (var pack in sweep.Known.Values)
            {
                if (pack.Parts == 0 || !Array.Exists(fitting, asker => pack.Fits(asker, now))) continue;
                packs++;
                work += pack.WorkPerPart * pack.Parts;
            }
        }
        return new Demand(sweep, packs, Math.Min(fitting.Length, sweep.Room), work);
    }

    /// <summary>The waiting work of a sweep that some free workers can run.</summary>
    /// <param name="Sweep">The sweep.</param>
    /// <param name="Packs">The number of packs.</param>
    /// <param name="Slots">The maximum number of workers that may take it.</param>
    /// <param name="Work">The training iterations.</param>
    private readonly record struct Demand(SweepPacks Sweep, int Packs, int Slots, double Work);
}
