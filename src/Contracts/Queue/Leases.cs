using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Contracts.Queue;

/// <summary>The queue settings of one sweep. All of them except the sweep's id can change while the sweep runs.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="Priority">The priority. Sweeps with a higher priority always go first.</param>
/// <param name="Parallel">The maximum number of concurrent leases; 0 for no limit.</param>
/// <param name="Order">The sweep's place in the order of submission. Between otherwise equal sweeps, the lower value goes first.</param>
/// <param name="Paused">Whether the sweep is paused. No pack of a paused sweep is leased.</param>
/// <param name="Trainer">The trainer version that the sweep's jobs were planned for. Older silos send 0, which means
/// <see cref="TrainerVersion.BeforeOffers"/>.</param>
[GenerateSerializer, Immutable, Alias("SweepShare")]
public sealed record SweepShare(
    [property: Id(0)] SweepId Sweep, [property: Id(1)] int Priority, [property: Id(2)] int Parallel, [property: Id(3)] long Order,
    [property: Id(4)] bool Paused, [property: Id(5)] int Trainer = 0)
{
    /// <summary>The user who submitted the sweep, as reported by the sweep; null if unknown. Older silos send null.</summary>
    [Id(6)] public string? Person { get; init; }
}

/// <summary>
/// The waiting parts of a pack, or the parts that a lease held when the queue lost its in-memory state. If some parts are waiting and
/// others are leased, the waiting parts and the parts of each lease are offered separately.
/// </summary>
/// <param name="Pack">The pack's number in the plan.</param>
/// <param name="Iterations">The number of training iterations left; the longest pack goes first.</param>
/// <param name="Lease">The last known lease of these parts; null if they are waiting.</param>
/// <param name="Worker">The worker that holds <paramref name="Lease"/>.</param>
/// <param name="Parts">The number of leases that the pack can be divided into. Jobs that share a trunk stay together. Older silos send 0,
/// which means 1.</param>
/// <param name="Precision">The precision that the pack's jobs need.</param>
[GenerateSerializer, Immutable, Alias("PackOffer")]
public sealed record PackOffer(
    [property: Id(0)] PackNumber Pack, [property: Id(1)] long Iterations, [property: Id(2)] LeaseId? Lease = null,
    [property: Id(3)] string? Worker = null, [property: Id(4)] int Parts = 1,
    [property: Id(5)] Precision Precision = Precision.Float32)
{
    /// <summary>
    /// The data set of the pack's jobs. The queue does not lease a sweep's packs to a silo that lacks their data set. Older silos send
    /// null.
    /// </summary>
    [Id(6)] public string? Dataset { get; init; }
}

/// <summary>The capabilities of a worker. The queue leases only matching packs to it.</summary>
/// <param name="Trainers">The supported trainer versions.</param>
/// <param name="Precisions">The supported precisions.</param>
/// <param name="Device">The type of device: "cpu" or "cuda".</param>
/// <param name="Libtorch">The version of libtorch.</param>
/// <param name="Threads">The number of compute threads.</param>
[GenerateSerializer, Immutable, Alias("WorkerOffer")]
public sealed record WorkerOffer(
    [property: Id(0)] int[] Trainers, [property: Id(1)] Precision[] Precisions, [property: Id(2)] string Device,
    [property: Id(3)] string Libtorch, [property: Id(4)] int Threads)
{
    /// <summary>The capabilities assumed for workers that send none, such as workers of version 0.1.0.</summary>
    public static WorkerOffer BeforeOffers { get; } = new([TrainerVersion.BeforeOffers], Enum.GetValues<Precision>(), "", "", 1);
}

/// <summary>The right of one worker to run a pack, or some parts of it, until a deadline.</summary>
/// <param name="Id">The lease's id, used to renew and end the lease.</param>
/// <param name="Sweep">The pack's sweep.</param>
/// <param name="Pack">The pack's number in the plan.</param>
/// <param name="RenewEvery">The interval at which the worker should renew the lease. A lease lasts several times as long.</param>
/// <param name="Trainer">The trainer version that the pack's jobs were planned for. Older silos send 0, which means
/// <see cref="TrainerVersion.BeforeOffers"/>.</param>
/// <param name="Parts">The number of parts of the pack that the lease covers; 0 for all waiting parts.</param>
[GenerateSerializer, Immutable, Alias("Lease")]
public sealed record Lease(
    [property: Id(0)] LeaseId Id, [property: Id(1)] SweepId Sweep, [property: Id(2)] PackNumber Pack, [property: Id(3)] TimeSpan RenewEvery,
    [property: Id(4)] int Trainer = 0, [property: Id(5)] int Parts = 0);

/// <summary>The queue's response to a free worker.</summary>
/// <param name="Lease">The new lease; null if there is no work for this worker.</param>
/// <param name="QuarantinedUntil">The time when the quarantine of the worker's silo ends; null if the silo is not quarantined. A silo is
/// quarantined after several different jobs in a row have failed on it. For display only, because clocks differ.</param>
/// <param name="QuarantinedFor">The remaining duration of the quarantine; null if the silo is not quarantined.</param>
[GenerateSerializer, Immutable, Alias("LeaseAnswer")]
public sealed record LeaseAnswer([property: Id(0)] Lease? Lease, [property: Id(1)] DateTimeOffset? QuarantinedUntil = null,
    [property: Id(2)] TimeSpan? QuarantinedFor = null);

/// <summary>The queue's response to a renewal. Values are part of the wire contract.</summary>
public enum LeaseDirective
{
    /// <summary>Continue; the deadline was extended.</summary>
    Continue = 0,

    /// <summary>Finish the current job, then hand back the rest (pause).</summary>
    Drain = 1,

    /// <summary>Stop within one iteration and hand everything back (pause --now, cancel).</summary>
    Stop = 2,

    /// <summary>The worker no longer holds the lease. Stop, and expect reports to be refused.</summary>
    Lost = 3,
}

/// <summary>
/// The outcome of a lease. The queue uses it to distinguish a silo that fails every job from a job that fails everywhere.
/// </summary>
/// <param name="Requeue">Whether the pack still has work and must be queued again.</param>
/// <param name="Completed">The number of jobs that ended with a result.</param>
/// <param name="Failed">The jobs that ended with an error that the machine may have caused.</param>
[GenerateSerializer, Immutable, Alias("LeaseEnd")]
public sealed record LeaseEnd([property: Id(0)] bool Requeue, [property: Id(1)] int Completed, [property: Id(2)] JobId[] Failed)
{
    /// <summary>
    /// The pack's sweep. A queue that has lost the lease uses it to find the pack that was handed back. Older workers send null.
    /// </summary>
    [Id(3)] public SweepId? Sweep { get; init; }

    /// <summary>The pack's number in the plan.</summary>
    [Id(4)] public PackNumber Pack { get; init; }

    /// <summary>
    /// The reason why the worker's silo cannot run the pack, such as missing files. The pack then goes to other silos. Null if the silo can
    /// run it.
    /// </summary>
    [Id(5)] public string? Unfit { get; init; }

    /// <summary>The error that occurred when the worker tried to begin the pack; null if there was none.</summary>
    [Id(6)] public string? BeginFault { get; init; }

    /// <summary>
    /// Whether the worker ran none of the lease's jobs because its begin call received no response. If the sweep did begin jobs, they do
    /// not count as lost.
    /// </summary>
    [Id(7)] public bool Unbegun { get; init; }

    /// <summary>Whether the worker accepts no more work because its silo is stopping.</summary>
    [Id(8)] public bool Leaves { get; init; }
}

/// <summary>A worker's request to begin a pack's jobs.</summary>
/// <param name="Lease">The worker's lease.</param>
/// <param name="Pack">The pack's number in the plan.</param>
/// <param name="Worker">The worker's name.</param>
/// <param name="Environment">The environment that the worker runs in.</param>
/// <param name="Trainer">The worker's trainer version. Older workers send 0, which means <see cref="TrainerVersion.BeforeOffers"/>.</param>
/// <param name="Parts">The number of parts of the pack that the lease covers; 0 for all waiting parts.</param>
[GenerateSerializer, Immutable, Alias("PackStart")]
public sealed record PackStart(
    [property: Id(0)] LeaseId Lease, [property: Id(1)] PackNumber Pack, [property: Id(2)] string Worker,
    [property: Id(3)] RunEnvironment Environment,
    [property: Id(4)] int Trainer = 0, [property: Id(5)] int Parts = 0);

/// <summary>One job of a leased pack, with its attempt number and the checkpoint to resume from.</summary>
/// <param name="Position">The job's position in the plan, which identifies the job in reports.</param>
/// <param name="Id">The job's id.</param>
/// <param name="Definition">The job's definition.</param>
/// <param name="Attempt">The attempt's number, which is the fencing token: only reports with this number are accepted.</param>
/// <param name="Checkpoint">The last stored checkpoint; null to start from scratch.</param>
/// <param name="BackboneFingerprint">The SHA-256 hash of the backbone's files in the plan. A worker with different files refuses the
/// job.</param>
/// <param name="DatasetFingerprint">The SHA-256 hash of the data set's content in the plan.</param>
[GenerateSerializer, Immutable, Alias("JobAssignment")]
public sealed record JobAssignment(
    [property: Id(0)] JobPosition Position, [property: Id(1)] JobId Id, [property: Id(2)] JobDefinition Definition,
    [property: Id(3)] AttemptNumber Attempt, [property: Id(4)] byte[]? Checkpoint,
    [property: Id(5)] string BackboneFingerprint, [property: Id(6)] string DatasetFingerprint)
{
    /// <summary>
    /// The maximum total size of the checkpoints and trained prompts in one assignment, in bytes. Jobs that exceed the limit wait for
    /// another lease.
    /// </summary>
    public const int MaxCheckpointBytes = 64 << 20;

    /// <summary>
    /// The prompts trained by a job that differs only in its evaluation targets; the worker then only evaluates them. Null if the job must
    /// train. A job with a checkpoint has no trained prompts.
    /// </summary>
    [Id(7)] public StoredPrompts? Trained { get; init; }
}

/// <summary>The jobs that a worker runs under a lease.</summary>
/// <param name="Jobs">The jobs to run, in order.</param>
/// <param name="MoreWait">Whether other jobs of the pack are waiting for another lease. The pack is then queued again.</param>
/// <param name="TraceParent">The trace in which the sweep was submitted (W3C Trace Context). The worker's spans join it. Null if there is
/// none.</param>
[GenerateSerializer, Immutable, Alias("PackAssignment")]
public sealed record PackAssignment([property: Id(0)] JobAssignment[] Jobs, [property: Id(1)] bool MoreWait,
    [property: Id(2)] string? TraceParent = null);

/// <summary>The error that ended an attempt without a result.</summary>
/// <param name="Message">The error message, on one line.</param>
/// <param name="Retry">Whether another attempt could succeed.</param>
/// <param name="DropCheckpoint">Whether the checkpoint caused the error, so that the next attempt starts without it.</param>
/// <param name="Unfit">Whether this silo lacks something that the job needs. Such a fault does not count towards the job's retry
/// limit.</param>
[GenerateSerializer, Immutable, Alias("JobFault")]
public sealed record JobFault([property: Id(0)] string Message, [property: Id(1)] bool Retry, [property: Id(2)] bool DropCheckpoint = false,
    [property: Id(3)] bool Unfit = false);

/// <summary>One sweep's packs and leases that the queue holds.</summary>
/// <param name="Waiting">The number of packs with waiting jobs.</param>
/// <param name="Leases">The active leases, and the ended leases whose end the sweep has not confirmed yet.</param>
[GenerateSerializer, Immutable, Alias("SweepHolding")]
public sealed record SweepHolding([property: Id(0)] int Waiting, [property: Id(1)] LeaseId[] Leases)
{
    /// <summary>The numbers of the packs with waiting jobs. Older silos send null.</summary>
    [Id(2)] public PackNumber[]? WaitingPacks { get; init; }

    /// <summary>
    /// The pack number of each lease in <see cref="Leases"/>. Jobs that a lease has not begun yet still wait in the store; the pack number
    /// shows the sweep that a lease covers them. Older silos send null.
    /// </summary>
    [Id(3)] public PackNumber[]? LeasePacks { get; init; }
}

/// <summary>The state of a pool, for operators.</summary>
/// <param name="Waiting">The number of waiting packs.</param>
/// <param name="Leased">The number of leased packs.</param>
/// <param name="OldestWait">The time that the longest-waiting pack has waited.</param>
/// <param name="Quarantined">The quarantined silos, each with the time when its quarantine ends.</param>
/// <param name="Leases">The active leases, ordered by sweep and pack; at most <see cref="MaxListed"/>.</param>
[GenerateSerializer, Immutable, Alias("QueueStatus")]
public sealed record QueueStatus(
    [property: Id(0)] int Waiting, [property: Id(1)] int Leased, [property: Id(2)] TimeSpan OldestWait,
    [property: Id(3)] Dictionary<string, DateTimeOffset> Quarantined,
    [property: Id(4)] LeaseStatus[] Leases)
{
    /// <summary>The maximum number of leases that a status lists.</summary>
    public const int MaxListed = 1000;

    /// <summary>The number of workers that have requested work or hold a lease, keyed by their trainer version.</summary>
    [Id(5)] public Dictionary<int, int> WorkersByTrainer { get; init; } = [];

    /// <summary>
    /// The sweeps that this queue cannot read, with the reason, keyed by sweep id. The queue skips them and serves all other sweeps.
    /// </summary>
    [Id(6)] public Dictionary<string, string> SetAside { get; init; } = [];
}

/// <summary>The state of a lease, for operators.</summary>
/// <param name="Sweep">The pack's sweep.</param>
/// <param name="Pack">The pack's number in the plan.</param>
/// <param name="Worker">The worker that holds the lease.</param>
/// <param name="Deadline">The time when the lease expires unless it is renewed.</param>
/// <param name="Directive">The directive that the worker receives at the next renewal.</param>
[GenerateSerializer, Immutable, Alias("LeaseStatus")]
public sealed record LeaseStatus(
    [property: Id(0)] SweepId Sweep, [property: Id(1)] PackNumber Pack, [property: Id(2)] string Worker,
    [property: Id(3)] DateTimeOffset Deadline,
    [property: Id(4)] LeaseDirective Directive);
