using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>A sweep. Times are in milliseconds since 1970-01-01 UTC, which every database sorts in the same way.</summary>
internal sealed class SweepEntity
{
    public required string Id { get; init; }

    /// <summary>The cluster that owns the sweep; empty if no cluster has claimed it yet.</summary>
    public required string Cluster { get; init; }
    public required string Name { get; set; }
    public required SweepState State { get; set; }

    /// <summary>The submission time by the clock of the silo that received the sweep. Used only for display.</summary>
    public required long SubmittedMs { get; init; }

    /// <summary>
    /// The sweep's position in the order of submission. A sweep inserted by a version before <c>009_order</c> has 0 until a cluster claims
    /// it.
    /// </summary>
    public required long Ordinal { get; init; }
    public required int Priority { get; set; }
    public required int Parallel { get; set; }

    /// <summary>The pool that trains the sweep; empty for the control silo's own pool.</summary>
    public required string Pool { get; set; }

    /// <summary>The name of the first submitter, as stated by the client.</summary>
    public string? SubmittedBy { get; init; }
    public required int TotalJobs { get; init; }
    public required string SpecJson { get; set; }

    /// <summary>The format of the plan; see <see cref="StoredPlan.Format"/>.</summary>
    public required int PlanFormat { get; init; }

    /// <summary>The plan without its spec, as JSON. It contains each definition once per group, not once per job.</summary>
    public required string PlanJson { get; set; }

    /// <summary>Whether running jobs stop at once when the sweep is paused, instead of finishing first.</summary>
    public bool Stops { get; set; }

    /// <summary>The trainer version that the sweep was planned for.</summary>
    public int Trainer { get; init; } = TrainerVersion.BeforeOffers;

    /// <summary>The sweep that this sweep replaces after replanning; null if there is none.</summary>
    public string? Supersedes { get; init; }

    /// <summary>
    /// The time at which the sweep ended. Null if it has not ended, or was ended by a silo of a version before <c>015_retention</c>.
    /// </summary>
    public long? EndedMs { get; set; }

    /// <summary>The time at which everything except the results was deleted; null if nothing was deleted.</summary>
    public long? ReducedMs { get; init; }

    /// <summary>A note by a user; null if there is none.</summary>
    public string? Note { get; set; }

    /// <summary>The sweep's tags in ordinal order, separated by single spaces.</summary>
    public string Tags { get; set; } = "";

    /// <summary>Splits the text of <see cref="Tags"/> into tags.</summary>
    public static string[] TagsOf(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Joins tags into the text of <see cref="Tags"/>.</summary>
    public static string TextOf(IEnumerable<string> tags) => string.Join(' ', tags);
}

/// <summary>
/// A job in a sweep, with its progress. <see cref="Attempt"/> is the fencing token: writes are conditional on it. No index has a column
/// that changes while the job runs, so PostgreSQL can update the row in place.
/// </summary>
internal sealed class JobEntity
{
    public required string SweepId { get; init; }
    public required int Position { get; init; }
    public required string JobId { get; init; }

    /// <summary>
    /// The id that the job would have without targets. Null if the job has no targets, does not train, or was inserted by a version before
    /// <c>018_trained</c>.
    /// </summary>
    public string? TrainedId { get; init; }
    public required int Pack { get; init; }
    public required JobState State { get; set; }
    public int Attempt { get; set; }

    /// <summary>The number of errors so far.</summary>
    public int Faults { get; set; }

    /// <summary>The number of consecutive worker losses without a completed epoch.</summary>
    public int Losses { get; set; }
    public int Epoch { get; set; }
    public double? Loss { get; set; }
    public int? ContextTokens { get; set; }
    public string? Lease { get; set; }
    public string? Worker { get; set; }
    public string? Environment { get; set; }
    public long? StartedMs { get; set; }
    public string? Error { get; set; }

    /// <summary>The sweep whose result this job reused; null if the job ran itself.</summary>
    public string? CachedFrom { get; set; }

    /// <summary>The job's use of the result cache and, if it runs to verify its cached result, the outcome.</summary>
    public CacheCheck CacheCheck { get; set; }

    /// <summary>1 if an epoch had more context tokens than the previous epoch; otherwise 0.</summary>
    public int Flags { get; set; }

    /// <summary>
    /// The result without its prompts; null until the job is completed. It is read from the columns in <see cref="ResultColumns"/> and is
    /// not mapped by EF Core.
    /// </summary>
    public JobResult? Result { get; init; }
}

/// <summary>
/// How a job uses the result cache, and the outcome if it verifies a cached result. The numeric values are stored and must not change.
/// </summary>
internal enum CacheCheck
{
    None = 0,
    Wanted = 1,
    Equal = 2,
    Different = 3,

    /// <summary>The job was submitted without the cache, so it does not reuse other jobs' trained prompts either.</summary>
    Unused = 4,
}

/// <summary>An attempt that has ended. A job's current attempt is in the job's own row.</summary>
internal sealed class AttemptEntity
{
    public required string SweepId { get; init; }
    public required int Position { get; init; }
    public required int Number { get; init; }
    public required string Worker { get; init; }
    public string? Environment { get; init; }
    public required long StartedMs { get; init; }
    public required long EndedMs { get; init; }
    public required AttemptOutcome Outcome { get; init; }
    public string? Fault { get; init; }
}

/// <summary>The environment that attempts ran in: the machine and the program. Its key is a hash of its content.</summary>
internal sealed class EnvironmentEntity
{
    public required string Id { get; init; }
    public required string Json { get; init; }
}

/// <summary>A quarantined silo in a pool. The end of the quarantine is in wall-clock time.</summary>
internal sealed class QuarantineEntity
{
    public required string Cluster { get; init; }
    public required string Pool { get; init; }
    public required string Silo { get; init; }
    public required long UntilMs { get; init; }
    public required int Times { get; init; }
}

/// <summary>A key used to encrypt and sign the web page's cookies.</summary>
internal sealed class CookieKeyEntity
{
    public required string Name { get; init; }
    public required string Xml { get; init; }
}

/// <summary>An action on a sweep that a caller performed or attempted. It is kept after the sweep is deleted.</summary>
internal sealed class AuditEntity
{
    public required long Id { get; init; }
    public required string Cluster { get; init; }
    public required long AtMs { get; init; }

    /// <summary>The sweep; empty if the sweep did not exist yet.</summary>
    public required string SweepId { get; init; }
    public required AuditAction Action { get; init; }
    public required AuditOutcome Outcome { get; init; }
    public required CallerWay Way { get; init; }
    public string? Name { get; init; }
    public string? Detail { get; init; }
    public string? Call { get; init; }
}

/// <summary>A completed epoch of a job.</summary>
internal sealed class EpochEntity
{
    public required string SweepId { get; init; }
    public required int Position { get; init; }
    public required int Epoch { get; init; }
    public required int Attempt { get; init; }
    public required double Loss { get; init; }
    public required double TrainAccuracy { get; init; }
    public required double LearningRate { get; init; }
    public required int ImageContextTokens { get; init; }
    public required int TextContextTokens { get; init; }
    public required double Seconds { get; init; }
}

/// <summary>The masks after one prune step.</summary>
internal sealed class PruneStepEntity
{
    public required string SweepId { get; init; }
    public required int Position { get; init; }
    public required int Iteration { get; init; }
    public required byte[] ImageMask { get; init; }
    public required byte[] TextMask { get; init; }
}

/// <summary>The checkpoint of an unfinished job, taken after its latest completed epoch.</summary>
internal sealed class CheckpointEntity
{
    public required string SweepId { get; init; }
    public required int Position { get; init; }
    public required int Epoch { get; set; }
    public required byte[] Content { get; set; }
}

/// <summary>A file of a finished job, such as its final prompts.</summary>
internal sealed class JobArtifactEntity
{
    public required string SweepId { get; init; }
    public required int Position { get; init; }
    public required string Name { get; init; }

    /// <summary>The key of the <see cref="ContentEntity"/> that holds the file's bytes.</summary>
    public required string ContentKey { get; init; }
}

/// <summary>
/// The bytes of files. Any number of <see cref="JobArtifactEntity"/> rows can refer to them. The key is the SHA-256 of the bytes.
/// </summary>
internal sealed class ContentEntity
{
    public required string Key { get; init; }
    public required int Size { get; init; }
    public required byte[] Content { get; init; }
}

/// <summary>
/// A file of a finished job with its own copy of the bytes, as inserted by silos of versions before <c>006_contents</c>. The store moves
/// such rows to <see cref="JobArtifactEntity"/> and <see cref="ContentEntity"/>.
/// </summary>
internal sealed class ArtifactEntity
{
    public required string SweepId { get; init; }
    public required int Position { get; init; }
    public required string Name { get; init; }
    public required byte[] Content { get; init; }
}
