using System.Security.Cryptography;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Jobs;

/// <summary>Identifies jobs that share their training until the first of them diverges because of its T_target.</summary>
/// <param name="Definition">The jobs' common definition, without T_target.</param>
/// <param name="Checkpoint">A hash of the checkpoint from which the jobs resume; empty for a fresh start.</param>
internal sealed record Trunk(JobDefinition Definition, string Checkpoint)
{
    /// <summary>Returns the trunk of a job.</summary>
    /// <param name="run">The job.</param>
    /// <param name="shared">Whether jobs that differ only in T_target belong to the same trunk.</param>
    internal static Trunk Of(JobRun run, bool shared) => new(
        shared ? run.Job with { TTarget = null } : run.Job,
        run.Checkpoint is { } checkpoint ? Convert.ToHexStringLower(SHA256.HashData(checkpoint)) : "");
}
