using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>One sweep. Times are milliseconds since 1970-01-01 UTC, which every database orders alike.</summary>
internal sealed class SweepEntity
{
    public required string Id { get; init; }

    /// <summary>The cluster that it belongs to; empty for none yet.</summary>
    public required string Cluster { get; init; }
    public required string Name { get; set; }
    public required SweepState State { get; set; }

    /// <summary>When it was submitted by the clock of the silo that took it, for people.</summary>
    public required long SubmittedMs { get; init; }

    /// <summary>
    /// Its place in the order of submission; 0 until it is claimed for one that a version before <c>009_order</c> inserted.
    /// </summary>
    public required long Ordinal { get; init; }
    public required int Priority { get; set; }
    public required int Parallel { get; set; }

    /// <summary>The pool that trains it; empty for the control silo's own.</summary>
    public required string Pool { get; set; }

    /// <summary>Who submitted it first, as they said.</summary>
    public string? SubmittedBy { get; init; }
    public required int TotalJobs { get; init; }
    public required string SpecJson { get; set; }

    /// <summary>The <see cref="StoredPlan.Format"/> of the plan.</summary>
    public required int PlanFormat { get; init; }

    /// <summary>The plan without its spec; definitions stand in it once per group, not once per job.</summary>
    public required string PlanJson { get; set; }

    /// <summary>Whether its jobs stop at once while it is paused, rather than end first.</summary>
    public bool Stops { get; set; }

    /// <summary>The trainer version that the sweep was planned for.</summary>
    public int Trainer { get; init; } = TrainerVersion.BeforeOffers;

    /// <summary>The sweep that this one was planned anew from; null for any other.</summary>
    public string? Supersedes { get; init; }

    /// <summary>When it ended; null while it has not, and for one that a silo of a version before <c>015_retention</c> ended.</summary>
    public long? EndedMs { get; set; }

    /// <summary>When it lost all but its results; null for one that has everything.</summary>
    public long? ReducedMs { get; init; }

    /// <summary>What somebody has noted of it; null where nobody has.</summary>
    public string? Note { get; set; }

    /// <summary>Its tags in order, one blank apart.</summary>
    public string Tags { get; set; } = "";

    /// <summary>The tags of such a text.</summary>
    public static string[] TagsOf(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The text of tags.</summary>
    public static string TextOf(IEnumerable<string> tags) => string.Join(' ', tags);
}

/// <summary>
/// One job of a sweep with what it has reached. <see cref="Attempt"/> is the fencing token: writes are conditional on it. No index holds a
/// column that changes while the job runs, so PostgreSQL updates the row in place.
/// </summary>
internal sealed class JobEntity
{
    public required string SweepId { get; init; }
    public required int Position { get; init; }
    public required string JobId { get; init; }
    public required int Pack { get; init; }
    public required JobState State { get; set; }
    public int Attempt { get; set; }

    /// <summary>Errors so far that might have been the machine's.</summary>
    public int Faults { get; set; }

    /// <summary>Workers lost in a row without an epoch of progress.</summary>
    public int Losses { get; set; }
    public int Epoch { get; set; }
    public double? Loss { get; set; }
    public int? ContextTokens { get; set; }
    public string? Lease { get; set; }
    public string? Worker { get; set; }
    public string? Environment { get; set; }
    public long? StartedMs { get; set; }
    public string? Error { get; set; }

    /// <summary>The sweep whose result this job took over.</summary>
    public string? CachedFrom { get; set; }

    /// <summary>Whether it runs although the cache has its result, and after that whether the two were equal.</summary>
    public CacheCheck CacheCheck { get; set; }

    /// <summary>1: an epoch had more context tokens than the one before.</summary>
    public int Flags { get; set; }

    /// <summary>
    /// What it found, without its prompts; null while it is not completed. <see cref="ResultColumns"/> has the columns, and EF leaves it
    /// null.
    /// </summary>
    public JobResult? Result { get; init; }
}

/// <summary>Where the comparison of a job with its cached result stands. Values are part of the store.</summary>
internal enum CacheCheck
{
    None = 0,
    Wanted = 1,
    Equal = 2,
    Different = 3,
}

/// <summary>One ended execution of a job; the present one stands in the job's own row.</summary>
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

/// <summary>One kind of machine and program that attempts ran on. Key: a hash of its content.</summary>
internal sealed class EnvironmentEntity
{
    public required string Id { get; init; }
    public required string Json { get; init; }
}

/// <summary>A silo of a pool that gets no work. Its time is on the wall clock.</summary>
internal sealed class QuarantineEntity
{
    public required string Cluster { get; init; }
    public required string Pool { get; init; }
    public required string Silo { get; init; }
    public required long UntilMs { get; init; }
    public required int Times { get; init; }
}

/// <summary>A key by which the web page's cookies are encrypted and signed.</summary>
internal sealed class CookieKeyEntity
{
    public required string Name { get; init; }
    public required string Xml { get; init; }
}

/// <summary>One thing that somebody did to a sweep, or tried to do. It stays when the sweep goes.</summary>
internal sealed class AuditEntity
{
    public required long Id { get; init; }
    public required string Cluster { get; init; }
    public required long AtMs { get; init; }

    /// <summary>The sweep; empty where there was none yet.</summary>
    public required string SweepId { get; init; }
    public required AuditAction Action { get; init; }
    public required AuditOutcome Outcome { get; init; }
    public required CallerWay Way { get; init; }
    public string? Name { get; init; }
    public string? Detail { get; init; }
    public string? Call { get; init; }
}

/// <summary>One epoch of a job.</summary>
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

/// <summary>A file of a finished job: its final prompts.</summary>
internal sealed class JobArtifactEntity
{
    public required string SweepId { get; init; }
    public required int Position { get; init; }
    public required string Name { get; init; }

    /// <summary>The <see cref="ContentEntity"/> with its bytes.</summary>
    public required string ContentKey { get; init; }
}

/// <summary>Bytes that any number of <see cref="JobArtifactEntity"/> refer to. Key: their SHA-256.</summary>
internal sealed class ContentEntity
{
    public required string Key { get; init; }
    public required int Size { get; init; }
    public required byte[] Content { get; init; }
}

/// <summary>
/// A file of a finished job as silos of versions before <c>006_contents</c> insert it, with bytes of its own. The store moves it.
/// </summary>
internal sealed class ArtifactEntity
{
    public required string SweepId { get; init; }
    public required int Position { get; init; }
    public required string Name { get; init; }
    public required byte[] Content { get; init; }
}
