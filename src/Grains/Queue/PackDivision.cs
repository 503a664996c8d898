namespace AdaptCluster.Grains.Queue;

/// <summary>
/// How packs are divided so that no worker idles: when they are leased, by the workers that are free then; and later, when workers have
/// come free that nothing else fits, by taking back the lease with the most unfinished work. Its worker stops within an iteration and hands
/// its state back, which costs its start only and no try. Draining would gain nothing, since the jobs of a pack train side by side.
/// </summary>
internal static class PackDivision
{
    /// <summary>A lease that is younger is not divided.</summary>
    internal static readonly TimeSpan LeastAge = TimeSpan.FromSeconds(30);

    /// <summary>Nor is one that will have ended by itself after this time, at its pace.</summary>
    internal static readonly TimeSpan LeastRest = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What a sweep said longer ago does not count: it does not answer now, as while the store is away, and a worker that stopped then
    /// could not hand anything back.
    /// </summary>
    internal static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(30);

    /// <summary>How many parts of a pack the next lease covers: all, unless workers that can run it would idle then.</summary>
    /// <param name="own">The pack's sweep.</param>
    /// <param name="pack">The pack.</param>
    /// <param name="sweeps">All sweeps of which something waits and that have room for leases.</param>
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
            // There are packs enough for all of them.
            if ((leases += Math.Min(demand.Packs, demand.Slots)) >= free) return pack.Parts;
            demands.Add(demand);
        }
        return Math.Clamp((int)Math.Ceiling(WorkPerWorker(own, demands, free) / pack.WorkPerPart), 1, pack.Parts);
    }

    /// <summary>The lease to take back because workers idle that could do some of its work; null when there is none.</summary>
    /// <param name="leases">The leases that are held.</param>
    /// <param name="sweeps">All sweeps.</param>
    /// <param name="workers">The workers.</param>
    /// <param name="now">The time.</param>
    public static HeldLease? Choose(IEnumerable<HeldLease> leases, IEnumerable<SweepPacks> sweeps, WorkerBook workers, TimeSpan now)
    {
        var divisible = leases.Where(lease => lease.IsDivisible && now - lease.Rest!.At <= FreshFor && lease.Sweep.HasRoom
            && now - lease.GrantedAt >= LeastAge && LastsLong(lease)).ToArray();
        if (divisible.Length == 0) return null;
        // Whoever waits for a pack that is held back gets it in a moment.
        var waiting = sweeps.Where(sweep => sweep is { HasRoom: true, Waiting: > 0 }).ToArray();
        var idle = workers.IdleForSeconds(now).Where(asker => !Array.Exists(waiting, sweep => Waits(sweep, asker))).ToArray();
        return divisible
            .Where(lease => Array.Exists(idle, asker => lease.Sweep.Fits(asker) && lease.Pack.FitsSurely(asker, now)))
            .MaxBy(lease => lease.Rest!.Iterations);
        bool Waits(SweepPacks sweep, Asker asker) =>
            sweep.Fits(asker) && sweep.Known.Values.Any(pack => pack.Parts > 0 && pack.Fits(asker, now));
    }

    /// <summary>
    /// Whether a lease has enough before it, by its pace since it was granted. One that has ended no epoch since then may load still, where
    /// its worker could not stop at once, and so is let be.
    /// </summary>
    private static bool LastsLong(HeldLease lease)
    {
        var (rest, done) = (lease.Rest!, lease.Iterations - lease.Rest!.Iterations);
        return done > 0 && rest.Iterations * (rest.At - lease.GrantedAt).TotalSeconds >= LeastRest.TotalSeconds * done;
    }

    /// <summary>
    /// The work of each worker if all that waits is spread over them evenly. A sweep whose cap leaves it fewer workers than that has longer
    /// leases, and the others share the workers that it leaves.
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

    /// <summary>What waits of a sweep that some free workers can run.</summary>
    /// <param name="Sweep">The sweep.</param>
    /// <param name="Packs">Packs.</param>
    /// <param name="Slots">Most workers that may have it.</param>
    /// <param name="Work">Training iterations.</param>
    private readonly record struct Demand(SweepPacks Sweep, int Packs, int Slots, double Work);
}
