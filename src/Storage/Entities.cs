using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>A sweep. Times are milliseconds since 1970-01-01 UTC, which every database orders in the same way.</summary>
internal sealed class SweepEntity
{
    public required string Id { get; init; }

    /// <summary>The cluster that it belongs to; empty if none has claimed it yet.</summary>
    public required string Cluster { get; init; }
    public required string Name { get; set; }
    public required SweepState State { get; set; }

    /// <summary>When it was submitted, by the clock of the silo that received it. For display.</summary>
    public required long SubmittedMs { get; init; }

    /// <summary>
    /// Its place in the order of submission. 0 for a sweep inserted by a version before <c>009_order</c>, until it is claimed.
    /// </summary>
    public required long Ordinal { get; init; }
    public required int Priority { get; set; }
    public required int Parallel { get; set; }

    /// <summary>The pool that trains it; empty for the control silo's own.</summary>
    public required string Pool { get; set; }

    /// <summary>Who first submitted it, as the client stated.</summary>
    public string? SubmittedBy { get; init; }
    public required int TotalJobs { get; init; }
    public required string SpecJson { get; set; }

    /// <summary>The <see cref="StoredPlan.Format"/> of the plan.</summary>
    public required int PlanFormat { get; init; }

    /// <summary>The plan without its spec. It has each definition once per group, not once per job.</summary>
    public required string PlanJson { get; set; }

    /// <summary>Whether its jobs stop at once when it is paused, instead of finishing first.</summary>
    public bool Stops { get; set; }

    /// <summary>The trainer version that the sweep was planned for.</summary>
    public int Trainer { get; init; } = TrainerVersion.BeforeOffers;

    /// <summary>The sweep that this one replaces, after it was planned again; null if there is none.</summary>
    public string? Supersedes { get; init; }

    /// <summary>When it ended; null if it has not, and for a sweep that a silo of a version before <c>015_retention</c> ended.</summary>
    public long? EndedMs { get; set; }

    /// <summary>When everything except its results was deleted; null if it is complete.</summary>
    public long? ReducedMs { get; init; }

    /// <summary>A note by a user; null if there is none.</summary>
    public string? Note { get; set; }

    /// <summary>Its tags in ordinal order, separated by single spaces.</summary>
    public string Tags { get; set; } = "";

    /// <summary>Splits the text of <see cref="Tags"/> into tags.</summary>
    public static string[] TagsOf(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Joins tags into the text of <see cref="Tags"/>.</summary>
    public static string TextOf(IEnumerable<string> tags) => string.Join(' ', tags);
}

/// <summary>
/// A job of a sweep and its progress. <see cref="Attempt"/> is the fencing token: writes are conditional on it. No index has a column that
/// changes while the job runs, so PostgreSQL can update the row in place.
/// </summary>
internal sealed class JobEntity
{
    public required string SweepId { get; init; }
    public required int Position { get; init; }
    public required string JobId { get; init; }

    /// <summary>
    /// The id that it would have without targets; null for a job that has none or trains nothing, and for jobs inserted by a version before
    /// <c>018_trained</c>.
    /// </summary>
    public string? TrainedId { get; init; }
    public required int Pack { get; init; }
    public required JobState State { get; set; }
    public int Attempt { get; set; }

    /// <summary>The number of errors so far that the machine may have caused.</summary>
    public int Faults { get; set; }

    /// <summary>The number of workers lost in a row without an epoch of progress.</summary>
    public int Losses { get; set; }
    public int Epoch { get; set; }
    public double? Loss { get; set; }
    public int? ContextTokens { get; set; }
    public string? Lease { get; set; }
    public string? Worker { get; set; }
    public string? Environment { get; set; }
    public long? StartedMs { get; set; }
    public string? Error { get; set; }

    /// <summary>The sweep whose result this job reused.</summary>
    public string? CachedFrom { get; set; }

    /// <summary>
    /// Whether the job runs to verify its cached result and, after that, whether the results were equal; or that it uses no cache.
    /// </summary>
    public CacheCheck CacheCheck { get; set; }

    /// <summary>1 if an epoch had more context tokens than the one before.</summary>
    public int Flags { get; set; }

    /// <summary>
    /// The result without its prompts; null until the job is completed. Its columns are in <see cref="ResultColumns"/>; EF Core leaves it
    /// null.
    /// </summary>
    public JobResult? Result { get; init; }
}

/// <summary>The state of the comparison of a job with its cached result. Values are part of the store.</summary>
internal enum CacheCheck
{
    None = 0,
    Wanted = 1,
    Equal = 2,
    Different = 3,

    /// <summary>The job was submitted without the cache, so it takes no trained prompts from other jobs either.</summary>
    Unused = 4,
}

/// <summary>An ended attempt of a job; the current attempt is in the job's own row.</summary>
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

/// <summary>What attempts ran on: a kind of machine and program. Key: a hash of its content.</summary>
internal sealed class EnvironmentEntity
{
    public required string Id { get; init; }
    public required string Json { get; init; }
}

/// <summary>A silo of a pool in quarantine. Its time is wall-clock time.</summary>
internal sealed class QuarantineEntity
{
    public required string Cluster { get; init; }
    public required string Pool { get; init; }
    public required string Silo { get; init; }
    public required long UntilMs { get; init; }
    public required int Times { get; init; }
}

/// <summary>A key with which the web page's cookies are encrypted and signed.</summary>
internal sealed class CookieKeyEntity
{
    public required string Name { get; init; }
    public required string Xml { get; init; }
}

/// <summary>An action on a sweep that somebody took or attempted. It is kept after the sweep is deleted.</summary>
internal sealed class AuditEntity
{
    public required long Id { get; init; }
    public required string Cluster { get; init; }
    public required long AtMs { get; init; }

    /// <summary>The sweep; empty if there was none yet.</summary>
    public required string SweepId { get; init; }
    public required AuditAction Action { get; init; }
    public required AuditOutcome Outcome { get; init; }
    public required CallerWay Way { get; init; }
    public string? Name { get; init; }
    public string? Detail { get; init; }
    public string? Call { get; init; }
}

/// <summary>An epoch of a job.</summary>
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

/// <summary>The state of an unfinished job after its last epoch.</summary>
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

    /// <summary>The <see cref="ContentEntity"/> with its bytes.</summary>
    public required string ContentKey { get; init; }
}

/// <summary>Bytes that any number of <see cref="JobArtifactEntity"/> rows refer to. Key: their SHA-256.</summary>
internal sealed class ContentEntity
{
    public required string Key { get; init; }
    public required int Size { get; init; }
    public required byte[] Content { get; init; }
}

/// <summary>
/// A file of a finished job with its own copy of the bytes, as silos of versions before <c>006_contents</c> insert it. The store moves it.
/// </summary>
internal sealed class ArtifactEntity
{
    public required string SweepId { get; init; }
    public required int Position { get; init; }
    public required string Name { get; init; }
    public required byte[] Content { get; init; }
}
