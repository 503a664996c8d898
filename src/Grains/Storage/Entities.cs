using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Storage;

/// <summary>One sweep. Times are milliseconds since 1970-01-01 UTC, which every database orders alike.</summary>
internal sealed class SweepEntity
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required SweepState State { get; set; }
    public required long SubmittedMs { get; init; }
    public required string SpecJson { get; init; }

    /// <summary>The plan without its jobs, which are rows of their own.</summary>
    public required string PlanJson { get; init; }
}

/// <summary>One job of a sweep with what it has reached. <see cref="Attempt"/> is the fencing token: writes are conditional on it.</summary>
internal sealed class JobEntity
{
    public required string SweepId { get; init; }
    public required string JobId { get; init; }
    public required int Position { get; init; }
    public required int Pack { get; init; }
    public required string DefinitionJson { get; init; }
    public required int Iterations { get; init; }
    public required JobState State { get; set; }
    public int Attempt { get; set; }
    public int Faults { get; set; }
    public int Epoch { get; set; }
    public string? Error { get; set; }

    /// <summary>The <see cref="Contracts.Jobs.JobResult"/> without its prompts.</summary>
    public string? ResultJson { get; set; }
}

/// <summary>One execution of a job.</summary>
internal sealed class AttemptEntity
{
    public required string SweepId { get; init; }
    public required string JobId { get; init; }
    public required int Number { get; init; }
    public required string Worker { get; init; }
    public required long StartedMs { get; init; }
    public long? EndedMs { get; set; }
    public required AttemptOutcome Outcome { get; set; }
    public string? Fault { get; set; }
}

/// <summary>One epoch of a job.</summary>
internal sealed class EpochEntity
{
    public required string SweepId { get; init; }
    public required string JobId { get; init; }
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
    public required string JobId { get; init; }
    public required int Iteration { get; init; }
    public required byte[] ImageMask { get; init; }
    public required byte[] TextMask { get; init; }
}

/// <summary>The state of an unfinished job after its last epoch.</summary>
internal sealed class CheckpointEntity
{
    public required string SweepId { get; init; }
    public required string JobId { get; init; }
    public required int Epoch { get; set; }
    public required byte[] Content { get; set; }
}

/// <summary>The final prompts of a finished job.</summary>
internal sealed class ArtifactEntity
{
    public required string SweepId { get; init; }
    public required string JobId { get; init; }
    public required string Name { get; init; }
    public required byte[] Content { get; init; }
}
