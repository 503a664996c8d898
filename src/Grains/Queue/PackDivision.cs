namespace AdaptCluster.Grains.Queue;

/// <summary>
/// Divides packs so that no worker idles. When a pack is leased, it is divided among the workers that are free at that time. Later, when
/// free workers find no other pack that they can run, the lease with the most unfinished work is taken back. Its worker stops within an
/// iteration and hands back the state of its jobs, which costs only the restart and does not count as a failed attempt. Draining would gain
/// nothing, because the jobs of a pack train side by side.
/// </summary>
internal static class PackDivision
{
    /// <summary>The minimum age of a lease that can be divided.</summary>
    internal static readonly TimeSpan LeastAge = TimeSpan.FromSeconds(30);

    /// <summary>The minimum remaining time of a lease that can be divided, estimated from its current pace.</summary>
    internal static readonly TimeSpan LeastRest = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The maximum age of a sweep's report on unfinished work. If the last report is older, the sweep no longer responds, for example
    /// because the store is unavailable. A worker that stopped at such a time could not hand its work back.
    /// </summary>
    internal static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Returns the number of a pack's parts that the next lease covers: all parts, unless workers that could run some of them would then
    /// idle.
    /// </summary>
    /// <param name="own">The pack's sweep.</param>
    /// <param name="pack">The pack.</param>
    /// <param name="sweeps">All sweeps that have waiting work and can be granted more leases.</param>
    /// <param name="workers">The workers.</param>
    /// <param name="now">The current time.</param>
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

    /// <summary>Returns the lease to take back so that idle workers can do some of its work; null if there is none.</summary>
    /// <param name="leases">The leases that workers hold.</param>
    /// <param name="sweeps">All sweeps.</param>
    /// <param name="workers">The workers.</param>
    /// <param name="now">The current time.</param>
    public static HeldLease? Choose(IEnumerable<HeldLease> leases, IEnumerable<SweepPacks> sweeps, WorkerBook workers, TimeSpan now)
    {
        var divisible = leases.Where(lease => lease.IsDivisible && now - lease.Rest!.At <= FreshFor && lease.Sweep.HasRoom
            && now - lease.GrantedAt >= LeastAge && LastsLong(lease)).ToArray();
        if (divisible.Length == 0) return null;
        // A worker that can run a held-back pack receives it soon.
        var waiting = sweeps.Where(sweep => sweep is { HasRoom: true, Waiting: > 0 }).ToArray();
        var idle = workers.IdleForSeconds(now).Where(asker => !Array.Exists(waiting, sweep => Waits(sweep, asker))).ToArray();
        return divisible
            .Where(lease => Array.Exists(idle, asker => lease.Sweep.Fits(asker) && lease.Pack.FitsSurely(asker, now)))
            .MaxBy(lease => lease.Rest!.Iterations);
        bool Waits(SweepPacks sweep, Asker asker) =>
            sweep.Fits(asker) && sweep.Known.Values.Any(pack => pack.Parts > 0 && pack.Fits(asker, now));
    }

    /// <summary>
    /// Whether a lease has enough work left, judged by its pace since it was granted. A lease without a completed epoch is not divided: its
    /// worker may still be loading, and a loading worker cannot stop at once.
    /// </summary>
    private static bool LastsLong(HeldLease lease)
    {
        var (rest, done) = (lease.Rest!, lease.Iterations - lease.Rest!.Iterations);
        return done > 0 && rest.Iterations * (rest.At - lease.GrantedAt).TotalSeconds >= LeastRest.TotalSeconds * done;
    }

    /// <summary>
    /// Returns the work per worker if all waiting work is spread evenly. A sweep whose limits allow fewer workers than that receives longer
    /// leases, and the other sweeps share the remaining workers.
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

    /// <summary>A sweep's waiting work that free workers can run.</summary>
    /// <param name="Sweep">The sweep.</param>
    /// <param name="Packs">The number of packs.</param>
    /// <param name="Slots">The maximum number of workers that can run the work concurrently.</param>
    /// <param name="Work">The number of training iterations in the work.</param>
    private readonly record struct Demand(SweepPacks Sweep, int Packs, int Slots, double Work);
}
