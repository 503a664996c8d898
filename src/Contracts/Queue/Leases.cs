using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Contracts.Queue;

/// <summary>How the queue treats one sweep. Everything except the sweep itself can change while it runs.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="Priority">The priority. Sweeps with a higher priority always go first.</param>
/// <param name="Parallel">The maximum number of leases at a time; 0 for no limit.</param>
/// <param name="Order">The sweep's place in the order of submission. It decides between sweeps with equal claims: the lower goes
/// first.</param>
/// <param name="Paused">Whether no pack of the sweep is leased.</param>
/// <param name="Trainer">The trainer version that its jobs were planned for; 0, from older silos, means
/// <see cref="TrainerVersion.BeforeOffers"/>.</param>
[GenerateSerializer, Immutable, Alias("SweepShare")]
public sealed record SweepShare(
    [property: Id(0)] SweepId Sweep, [property: Id(1)] int Priority, [property: Id(2)] int Parallel, [property: Id(3)] long Order,
    [property: Id(4)] bool Paused, [property: Id(5)] int Trainer = 0)
{
    /// <summary>Who submitted the sweep, as the sweep reports it; null if not known, and from older silos.</summary>
    [Id(6)] public string? Person { get; init; }
}

/// <summary>
/// The waiting part of a pack, or the part that a lease held when the queue's memory was lost. A pack of which some parts wait and some are
/// leased is offered once for each.
/// </summary>
/// <param name="Pack">The pack's number in the plan.</param>
/// <param name="Iterations">The number of training iterations left; the longest pack goes first.</param>
/// <param name="Lease">The last lease known to hold it; null if it waits.</param>
/// <param name="Worker">The worker that holds that lease.</param>
/// <param name="Parts">The number of leases that it can be divided into; jobs that share a beginning stay together. 0, from older silos,
/// means 1.</param>
/// <param name="Precision">The precision that its jobs need.</param>
[GenerateSerializer, Immutable, Alias("PackOffer")]
public sealed record PackOffer(
    [property: Id(0)] PackNumber Pack, [property: Id(1)] long Iterations, [property: Id(2)] LeaseId? Lease = null,
    [property: Id(3)] string? Worker = null, [property: Id(4)] int Parts = 1,
    [property: Id(5)] Precision Precision = Precision.Float32)
{
    /// <summary>
    /// The data set of its jobs. A silo without that data set gets none of the sweep's packs that use it. Null from older silos.
    /// </summary>
    [Id(6)] public string? Dataset { get; init; }
}

/// <summary>What a worker can run. The queue leases it only packs that match.</summary>
/// <param name="Trainers">Supported versions of the trainer.</param>
/// <param name="Precisions">Supported precisions.</param>
/// <param name="Device">"cpu" or "cuda".</param>
/// <param name="Libtorch">The version of libtorch.</param>
/// <param name="Threads">The number of threads that compute.</param>
[GenerateSerializer, Immutable, Alias("WorkerOffer")]
public sealed record WorkerOffer(
    [property: Id(0)] int[] Trainers, [property: Id(1)] Precision[] Precisions, [property: Id(2)] string Device,
    [property: Id(3)] string Libtorch, [property: Id(4)] int Threads)
{
    /// <summary>The offer assumed for workers that send none, such as those of version 0.1.0.</summary>
    public static WorkerOffer BeforeOffers { get; } = new([TrainerVersion.BeforeOffers], Enum.GetValues<Precision>(), "", "", 1);
}

/// <summary>The right of one worker to run a pack, or some parts of it, until a deadline.</summary>
/// <param name="Id">The lease's id, which renewals and returns refer to.</param>
/// <param name="Sweep">The pack's sweep.</param>
/// <param name="Pack">The pack's number in the plan.</param>
/// <param name="RenewEvery">How often the worker should renew; a lease lasts several times as long.</param>
/// <param name="Trainer">The trainer version that its jobs were planned for; 0, from older silos, means
/// <see cref="TrainerVersion.BeforeOffers"/>.</param>
/// <param name="Parts">The number of parts of the pack that it covers; 0 for all that wait.</param>
[GenerateSerializer, Immutable, Alias("Lease")]
public sealed record Lease(
    [property: Id(0)] LeaseId Id, [property: Id(1)] SweepId Sweep, [property: Id(2)] PackNumber Pack, [property: Id(3)] TimeSpan RenewEvery,
    [property: Id(4)] int Trainer = 0, [property: Id(5)] int Parts = 0);

/// <summary>The queue's answer to a free worker.</summary>
/// <param name="Lease">What to run; null if there is nothing for this worker.</param>
/// <param name="QuarantinedUntil">When the quarantine of the worker's silo ends; null if it has none. A silo is quarantined after several
/// different jobs in a row failed there. For display only, because clocks differ.</param>
/// <param name="QuarantinedFor">The time left of the quarantine.</param>
[GenerateSerializer, Immutable, Alias("LeaseAnswer")]
public sealed record LeaseAnswer([property: Id(0)] Lease? Lease, [property: Id(1)] DateTimeOffset? QuarantinedUntil = null,
    [property: Id(2)] TimeSpan? QuarantinedFor = null);

/// <summary>The queue's answer to a renewal. Values are part of the wire contract.</summary>
public enum LeaseDirective
{
    /// <summary>Continue; the deadline was extended.</summary>
    Continue = 0,

    /// <summary>Finish the current job, then hand the rest back (pause).</summary>
    Drain = 1,

    /// <summary>Stop within one iteration and hand everything back (pause --now, cancel).</summary>
    Stop = 2,

    /// <summary>The lease is no longer held. Stop, and expect reports to be refused.</summary>
    Lost = 3,
}

/// <summary>How a lease ended. The queue uses it to distinguish a silo that fails every job from a job that fails everywhere.</summary>
/// <param name="Requeue">Whether the pack still has work and must wait again.</param>
/// <param name="Completed">The number of jobs that ended with a result.</param>
/// <param name="Failed">The jobs that ended with an error that the machine may have caused.</param>
[GenerateSerializer, Immutable, Alias("LeaseEnd")]
public sealed record LeaseEnd([property: Id(0)] bool Requeue, [property: Id(1)] int Completed, [property: Id(2)] JobId[] Failed)
{
    /// <summary>
    /// The pack's sweep, so that a queue that has lost the lease can still find what was handed back; null from older workers.
    /// </summary>
    [Id(3)] public SweepId? Sweep { get; init; }

    /// <summary>The pack's number in the plan.</summary>
    [Id(4)] public PackNumber Pack { get; init; }

    /// <summary>Why the worker's silo cannot run the pack, such as missing files; other silos get it then. Null if it can.</summary>
    [Id(5)] public string? Unfit { get; init; }

    /// <summary>Why beginning the pack failed; null if it did not.</summary>
    [Id(6)] public string? BeginFault { get; init; }

    /// <summary>
    /// Whether no job of the lease has run on this worker, because it got no answer to its begin call. If the sweep did begin jobs, they do
    /// not count as lost.
    /// </summary>
    [Id(7)] public bool Unbegun { get; init; }

    /// <summary>Whether the worker takes no more work because its silo is stopping.</summary>
    [Id(8)] public bool Leaves { get; init; }
}

/// <summary>A worker's request to begin the jobs of a pack.</summary>
/// <param name="Lease">The worker's lease.</param>
/// <param name="Pack">The pack's number in the plan.</param>
/// <param name="Worker">The worker's name.</param>
/// <param name="Environment">What the worker runs on.</param>
/// <param name="Trainer">The worker's trainer version; 0, from older workers, means <see cref="TrainerVersion.BeforeOffers"/>.</param>
/// <param name="Parts">The number of parts of the pack that the lease covers; 0 for all that wait.</param>
[GenerateSerializer, Immutable, Alias("PackStart")]
public sealed record PackStart(
    [property: Id(0)] LeaseId Lease, [property: Id(1)] PackNumber Pack, [property: Id(2)] string Worker,
    [property: Id(3)] RunEnvironment Environment,
    [property: Id(4)] int Trainer = 0, [property: Id(5)] int Parts = 0);

/// <summary>One job of a leased pack: what to run, under which attempt number, and from which checkpoint.</summary>
/// <param name="Position">The job's position in the plan, which reports refer to.</param>
/// <param name="Id">The job's id.</param>
/// <param name="Definition">The job's definition.</param>
/// <param name="Attempt">The fencing token: only reports with this number are accepted.</param>
/// <param name="Checkpoint">The last state that was kept; null to start from scratch.</param>
/// <param name="BackboneFingerprint">SHA-256 of the backbone in the plan; a worker whose files differ refuses the job.</param>
/// <param name="DatasetFingerprint">SHA-256 of the data set in the plan.</param>
[GenerateSerializer, Immutable, Alias("JobAssignment")]
public sealed record JobAssignment(
    [property: Id(0)] JobPosition Position, [property: Id(1)] JobId Id, [property: Id(2)] JobDefinition Definition,
    [property: Id(3)] AttemptNumber Attempt, [property: Id(4)] byte[]? Checkpoint,
    [property: Id(5)] string BackboneFingerprint, [property: Id(6)] string DatasetFingerprint)
{
    /// <summary>
    /// The maximum total size of the checkpoints and trained prompts in one assignment, in bytes. Jobs over the limit wait for another
    /// lease.
    /// </summary>
    public const int MaxCheckpointBytes = 64 << 20;

    /// <summary>
    /// The prompts that an identical job with other targets has trained, so that this one only evaluates them; null to train. A job with a
    /// checkpoint has none.
    /// </summary>
    [Id(7)] public StoredPrompts? Trained { get; init; }
}

/// <summary>The work of a lease.</summary>
/// <param name="Jobs">The jobs to run, in order.</param>
/// <param name="MoreWait">Whether other jobs of the pack wait for another lease; the pack is then queued again.</param>
/// <param name="TraceParent">The trace that the sweep was submitted in (W3C Trace Context), which the worker's spans join; null if there is
/// none.</param>
[GenerateSerializer, Immutable, Alias("PackAssignment")]
public sealed record PackAssignment([property: Id(0)] JobAssignment[] Jobs, [property: Id(1)] bool MoreWait,
    [property: Id(2)] string? TraceParent = null);

/// <summary>Why an attempt ended without a result.</summary>
/// <param name="Message">The error, in one line.</param>
/// <param name="Retry">Whether another attempt could succeed.</param>
/// <param name="DropCheckpoint">Whether the checkpoint is the cause, so that the next attempt starts without it.</param>
/// <param name="Unfit">Whether this silo lacks what the job needs. Such a fault does not use up a try of the job.</param>
[GenerateSerializer, Immutable, Alias("JobFault")]
public sealed record JobFault([property: Id(0)] string Message, [property: Id(1)] bool Retry, [property: Id(2)] bool DropCheckpoint = false,
    [property: Id(3)] bool Unfit = false);

/// <summary>What the queue has of one sweep.</summary>
/// <param name="Waiting">The number of packs with waiting jobs.</param>
/// <param name="Leases">The leases that are held, and those whose end the sweep has not confirmed yet.</param>
[GenerateSerializer, Immutable, Alias("SweepHolding")]
public sealed record SweepHolding([property: Id(0)] int Waiting, [property: Id(1)] LeaseId[] Leases)
{
    /// <summary>The numbers of the packs with waiting jobs; null from older silos.</summary>
    [Id(2)] public PackNumber[]? WaitingPacks { get; init; }

    /// <summary>
    /// The number of the pack of each of <see cref="Leases"/>. Jobs that a lease has not begun yet still wait in the store; the number
    /// tells the sweep that they are not forgotten. Null from older silos.
    /// </summary>
    [Id(3)] public PackNumber[]? LeasePacks { get; init; }
}

/// <summary>The state of a pool, for operators.</summary>
/// <param name="Waiting">The number of packs that wait.</param>
/// <param name="Leased">The number of packs that are leased.</param>
/// <param name="OldestWait">How long the longest waiting pack has waited.</param>
/// <param name="Quarantined">The silos in quarantine, with the time when it ends.</param>
/// <param name="Leases">The leases that are held; the first <see cref="MaxListed"/> by sweep and pack.</param>
[GenerateSerializer, Immutable, Alias("QueueStatus")]
public sealed record QueueStatus(
    [property: Id(0)] int Waiting, [property: Id(1)] int Leased, [property: Id(2)] TimeSpan OldestWait,
    [property: Id(3)] Dictionary<string, DateTimeOffset> Quarantined,
    [property: Id(4)] LeaseStatus[] Leases)
{
    /// <summary>The maximum number of leases that a status lists.</summary>
    public const int MaxListed = 1000;

    /// <summary>The number of workers that have asked for work or hold a lease, by their trainer version.</summary>
    [Id(5)] public Dictionary<int, int> WorkersByTrainer { get; init; } = [];

    /// <summary>The sweeps that this queue cannot read, by id, with the reason. They are skipped; the others continue.</summary>
    [Id(6)] public Dictionary<string, string> SetAside { get; init; } = [];
}

/// <summary>A lease, for operators.</summary>
/// <param name="Sweep">The pack's sweep.</param>
/// <param name="Pack">The pack's number in the plan.</param>
/// <param name="Worker">The worker that holds it.</param>
/// <param name="Deadline">When it expires unless it is renewed.</param>
/// <param name="Directive">What its worker is told at the next renewal.</param>
[GenerateSerializer, Immutable, Alias("LeaseStatus")]
public sealed record LeaseStatus(
    [property: Id(0)] SweepId Sweep, [property: Id(1)] PackNumber Pack, [property: Id(2)] string Worker,
    [property: Id(3)] DateTimeOffset Deadline,
    [property: Id(4)] LeaseDirective Directive);
