using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Contracts.Queue;

/// <summary>How the queue treats one sweep; all of it can change while the sweep runs.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="Priority">Higher goes first, whatever else waits.</param>
/// <param name="Parallel">Most leases at a time; 0 for no limit.</param>
/// <param name="Order">Of sweeps with equal claims the lower goes first: its place in the order of submission.</param>
/// <param name="Paused">Whether nothing of it is leased.</param>
/// <param name="Trainer">The trainer version that its jobs were planned for; 0, from older silos, is
/// <see cref="TrainerVersion.BeforeOffers"/>.</param>
[GenerateSerializer, Immutable, Alias("SweepShare")]
public sealed record SweepShare(
    [property: Id(0)] SweepId Sweep, [property: Id(1)] int Priority, [property: Id(2)] int Parallel, [property: Id(3)] long Order,
    [property: Id(4)] bool Paused, [property: Id(5)] int Trainer = 0)
{
    /// <summary>Who submitted the sweep, as it says; null where nobody knows, and from older silos.</summary>
    [Id(6)] public string? Person { get; init; }
}

/// <summary>
/// What waits of a pack, or what a lease had of it when the queue was lost. A pack of which some waits and some is leased is offered once
/// for each.
/// </summary>
/// <param name="Pack">Its number in the sweep's plan.</param>
/// <param name="Iterations">Training iterations left, by which the longest goes first.</param>
/// <param name="Lease">The lease that was last known to hold it; null when it waits.</param>
/// <param name="Worker">Who holds that lease.</param>
/// <param name="Parts">
/// Into how many leases it can be divided: jobs that share a beginning stay together. 0, from older silos, is 1.
/// </param>
/// <param name="Precision">The arithmetic that its jobs need.</param>
[GenerateSerializer, Immutable, Alias("PackOffer")]
public sealed record PackOffer(
    [property: Id(0)] PackNumber Pack, [property: Id(1)] long Iterations, [property: Id(2)] LeaseId? Lease = null,
    [property: Id(3)] string? Worker = null, [property: Id(4)] int Parts = 1,
    [property: Id(5)] Precision Precision = Precision.Float32)
{
    /// <summary>The data set of its jobs: a silo that lacks it gets none of the sweep's packs of it. Null from older silos.</summary>
    [Id(6)] public string? Dataset { get; init; }
}

/// <summary>What a worker can run. The queue leases it only what fits.</summary>
/// <param name="Trainers">Versions of the trainer.</param>
/// <param name="Precisions">Kinds of arithmetic.</param>
/// <param name="Device">"cpu" or "cuda".</param>
/// <param name="Libtorch">The version of libtorch.</param>
/// <param name="Threads">Threads of its arithmetic.</param>
[GenerateSerializer, Immutable, Alias("WorkerOffer")]
public sealed record WorkerOffer(
    [property: Id(0)] int[] Trainers, [property: Id(1)] Precision[] Precisions, [property: Id(2)] string Device,
    [property: Id(3)] string Libtorch, [property: Id(4)] int Threads)
{
    /// <summary>What a worker offers that says nothing, as those of 0.1.0 do.</summary>
    public static WorkerOffer BeforeOffers { get; } = new([TrainerVersion.BeforeOffers], Enum.GetValues<Precision>(), "", "", 1);
}

/// <summary>The right of one worker to run a pack, or some parts of it, until a deadline.</summary>
/// <param name="Id">The lease's own number; renewals and returns name it.</param>
/// <param name="Sweep">The pack's sweep.</param>
/// <param name="Pack">The pack's number in the plan.</param>
/// <param name="RenewEvery">How often the worker should renew; a lease lasts several times as long.</param>
/// <param name="Trainer">The trainer version that its jobs were planned for; 0, from older silos, is
/// <see cref="TrainerVersion.BeforeOffers"/>.</param>
/// <param name="Parts">How many parts of the pack it covers; 0 for all that wait.</param>
[GenerateSerializer, Immutable, Alias("Lease")]
public sealed record Lease(
    [property: Id(0)] LeaseId Id, [property: Id(1)] SweepId Sweep, [property: Id(2)] PackNumber Pack, [property: Id(3)] TimeSpan RenewEvery,
    [property: Id(4)] int Trainer = 0, [property: Id(5)] int Parts = 0);

/// <summary>The queue's answer to a worker that is free.</summary>
/// <param name="Lease">What to run; null when there is nothing for it.</param>
/// <param name="QuarantinedUntil">Set while the queue gives its silo nothing, because several different jobs in a row failed there. For
/// display: clocks differ.</param>
/// <param name="QuarantinedFor">How long that lasts from now on.</param>
[GenerateSerializer, Immutable, Alias("LeaseAnswer")]
public sealed record LeaseAnswer([property: Id(0)] Lease? Lease, [property: Id(1)] DateTimeOffset? QuarantinedUntil = null,
    [property: Id(2)] TimeSpan? QuarantinedFor = null);

/// <summary>The queue's answer to a renewal. Values are part of the wire contract.</summary>
public enum LeaseDirective
{
    /// <summary>Go on; the deadline has moved.</summary>
    Continue = 0,

    /// <summary>End the current job, then hand the rest back (pause).</summary>
    Drain = 1,

    /// <summary>Stop within one iteration and hand everything back (pause --now, cancel).</summary>
    Stop = 2,

    /// <summary>The lease is not held any more; stop, and expect reports to be refused.</summary>
    Lost = 3,
}

/// <summary>How a lease went, by which a silo that fails everything is told from a job that fails everywhere.</summary>
/// <param name="Requeue">Whether the pack still has work and waits again.</param>
/// <param name="Completed">Jobs that ended in a result.</param>
/// <param name="Failed">Jobs that ended in an error that might be the machine's.</param>
[GenerateSerializer, Immutable, Alias("LeaseEnd")]
public sealed record LeaseEnd([property: Id(0)] bool Requeue, [property: Id(1)] int Completed, [property: Id(2)] JobId[] Failed)
{
    /// <summary>
    /// The pack's sweep, so that a queue that has lost the lease still finds what was handed back; null from older workers.
    /// </summary>
    [Id(3)] public SweepId? Sweep { get; init; }

    /// <summary>The pack's number in the plan.</summary>
    [Id(4)] public PackNumber Pack { get; init; }

    /// <summary>Why the worker's silo cannot run the pack, such as files that it lacks; others are asked. Null where it could.</summary>
    [Id(5)] public string? Unfit { get; init; }

    /// <summary>Why the pack could not be begun; null where it could.</summary>
    [Id(6)] public string? BeginFault { get; init; }

    /// <summary>
    /// Whether no job of it has run here, since the worker has no answer to its beginning: what it has begun all the same is not lost.
    /// </summary>
    [Id(7)] public bool Unbegun { get; init; }

    /// <summary>Whether the worker takes no more work: its silo stops.</summary>
    [Id(8)] public bool Leaves { get; init; }
}

/// <summary>Who begins the jobs of a pack.</summary>
/// <param name="Lease">Under which lease.</param>
/// <param name="Pack">The pack's number in the plan.</param>
/// <param name="Worker">Who runs it.</param>
/// <param name="Environment">What it runs on.</param>
/// <param name="Trainer">The trainer version of the worker; 0, from older workers, is <see cref="TrainerVersion.BeforeOffers"/>.</param>
/// <param name="Parts">How many parts of the pack its lease covers; 0 for all that wait.</param>
[GenerateSerializer, Immutable, Alias("PackStart")]
public sealed record PackStart(
    [property: Id(0)] LeaseId Lease, [property: Id(1)] PackNumber Pack, [property: Id(2)] string Worker,
    [property: Id(3)] RunEnvironment Environment,
    [property: Id(4)] int Trainer = 0, [property: Id(5)] int Parts = 0);

/// <summary>One job of a leased pack: what to run, under which number, and from where.</summary>
/// <param name="Position">The job's position in the plan, by which reports name it.</param>
/// <param name="Id">The job.</param>
/// <param name="Definition">What it computes.</param>
/// <param name="Attempt">The fencing token: only reports with this number count.</param>
/// <param name="Checkpoint">State after the last epoch that was kept; null to start afresh.</param>
/// <param name="BackboneFingerprint">SHA-256 of the backbone that was planned; a worker with other files refuses the job.</param>
/// <param name="DatasetFingerprint">SHA-256 of the data set that was planned.</param>
[GenerateSerializer, Immutable, Alias("JobAssignment")]
public sealed record JobAssignment(
    [property: Id(0)] JobPosition Position, [property: Id(1)] JobId Id, [property: Id(2)] JobDefinition Definition,
    [property: Id(3)] AttemptNumber Attempt, [property: Id(4)] byte[]? Checkpoint,
    [property: Id(5)] string BackboneFingerprint, [property: Id(6)] string DatasetFingerprint)
{
    /// <summary>Most bytes of checkpoints that one assignment carries; jobs beyond wait for another lease.</summary>
    public const int MaxCheckpointBytes = 64 << 20;
}

/// <summary>What a lease is for.</summary>
/// <param name="Jobs">The jobs to run, in this order.</param>
/// <param name="MoreWait">Whether other jobs of the pack wait for another lease; the pack is then queued again.</param>
/// <param name="TraceParent">The trace that the sweep was submitted in (W3C Trace Context), for the worker's part of it; null where there
/// is none.</param>
[GenerateSerializer, Immutable, Alias("PackAssignment")]
public sealed record PackAssignment([property: Id(0)] JobAssignment[] Jobs, [property: Id(1)] bool MoreWait,
    [property: Id(2)] string? TraceParent = null);

/// <summary>Why an attempt ended without a result.</summary>
/// <param name="Message">One line.</param>
/// <param name="Retry">Whether another attempt could end otherwise.</param>
/// <param name="DropCheckpoint">Whether the checkpoint is to blame: the next attempt starts without it.</param>
/// <param name="Unfit">Whether this silo lacks what the job needs: the fault is not the job's, and costs it no try.</param>
[GenerateSerializer, Immutable, Alias("JobFault")]
public sealed record JobFault([property: Id(0)] string Message, [property: Id(1)] bool Retry, [property: Id(2)] bool DropCheckpoint = false,
    [property: Id(3)] bool Unfit = false);

/// <summary>What the queue has of one sweep.</summary>
/// <param name="Waiting">Packs of which something waits.</param>
/// <param name="Leases">The leases that are held, and those whose end the sweep has not confirmed yet.</param>
[GenerateSerializer, Immutable, Alias("SweepHolding")]
public sealed record SweepHolding([property: Id(0)] int Waiting, [property: Id(1)] LeaseId[] Leases)
{
    /// <summary>The numbers of the packs of which something waits; null from older silos.</summary>
    [Id(2)] public PackNumber[]? WaitingPacks { get; init; }

    /// <summary>
    /// For each of <see cref="Leases"/> the number of its pack: what a lease has not begun yet waits in the store and is not forgotten.
    /// Null from older silos.
    /// </summary>
    [Id(3)] public PackNumber[]? LeasePacks { get; init; }
}

/// <summary>A pool as operators see it.</summary>
/// <param name="Waiting">Packs that wait.</param>
/// <param name="Leased">Packs that are leased.</param>
/// <param name="OldestWait">How long the longest waiting pack has waited.</param>
/// <param name="Quarantined">Silos that get nothing, with the time until when.</param>
/// <param name="Leases">The leases that are held, the first <see cref="MaxListed"/> by sweep and pack.</param>
[GenerateSerializer, Immutable, Alias("QueueStatus")]
public sealed record QueueStatus(
    [property: Id(0)] int Waiting, [property: Id(1)] int Leased, [property: Id(2)] TimeSpan OldestWait,
    [property: Id(3)] Dictionary<string, DateTimeOffset> Quarantined,
    [property: Id(4)] LeaseStatus[] Leases)
{
    /// <summary>Most leases that a status lists.</summary>
    public const int MaxListed = 1000;

    /// <summary>Workers that have asked for work or hold a lease, by the trainer version that they run.</summary>
    [Id(5)] public Dictionary<int, int> WorkersByTrainer { get; init; } = [];

    /// <summary>Sweeps that this queue cannot read, by id, and why: they are left out, and the others go on.</summary>
    [Id(6)] public Dictionary<string, string> SetAside { get; init; } = [];
}

/// <summary>A lease as operators see it.</summary>
/// <param name="Sweep">The pack's sweep.</param>
/// <param name="Pack">The pack's number in the plan.</param>
/// <param name="Worker">Who holds it.</param>
/// <param name="Deadline">When it runs out unless it is renewed.</param>
/// <param name="Directive">What its worker is told at the next renewal.</param>
[GenerateSerializer, Immutable, Alias("LeaseStatus")]
public sealed record LeaseStatus(
    [property: Id(0)] SweepId Sweep, [property: Id(1)] PackNumber Pack, [property: Id(2)] string Worker,
    [property: Id(3)] DateTimeOffset Deadline,
    [property: Id(4)] LeaseDirective Directive);
