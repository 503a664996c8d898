using System.Security.Cryptography;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Jobs;

/// <summary>What jobs have in common that do the same until the first of them reaches its T_target.</summary>
/// <param name="Definition">Their definition without T_target.</param>
/// <param name="Checkpoint">A hash of the state that they go on from; empty for the start.</param>
internal sealed record Trunk(JobDefinition Definition, string Checkpoint)
{
    /// <summary>The trunk of a job.</summary>
    /// <param name="run">The job.</param>
    /// <param name="shared">Whether others with another T_target belong to it.</param>
    internal static Trunk Of(JobRun run, bool shared) => new(
        shared ? run.Job with { TTarget = null } : run.Job,
        run.Checkpoint is { } checkpoint ? Convert.ToHexStringLower(SHA256.HashData(checkpoint)) : "");
}
