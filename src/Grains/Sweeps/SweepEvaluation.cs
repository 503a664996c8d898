using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>Creates the spec that evaluates a sweep's trained prompts on other data sets.</summary>
/// <param name="store">The store that contains the sweep.</param>
/// <param name="reader">The reader for the sweep's jobs.</param>
/// <param name="methods">The methods and data set formats that specs can use.</param>
internal sealed class SweepEvaluation(SweepStore store, SweepReader reader, MethodCatalog methods)
{
    /// <summary>Returns the spec as JSON.</summary>
    /// <exception cref="InvalidInputException">The request cannot be fulfilled. The message contains the reason and the remedy.</exception>
    public async Task<string> SpecAsync(SweepId id, EvaluationRequest request)
    {
        var (sweep, plan) = await store.Sweeps.FindAsync(id) ?? throw SweepReader.Missing(id.Value);
        var spec = new EvaluationSpec(plan with { SpecJson = sweep.SpecJson }, $"the spec of {id}", methods);
        if (request.Job is { } job) return spec.Make(request, await JobAsync(id, plan, job));
        var completed = (await store.Jobs.CountAsync(id)).GetValueOrDefault(JobState.Completed);
        if (completed < plan.JobCount)
        {
            throw new InvalidInputException(
                $"--all: sweep {id} is {AdaptClusterJson.Name(sweep.State)}, and {plan.JobCount - completed} of its "
                + $"{CountText.Of(plan.JobCount, "job")} have no result; finish it first ('sweep status {id}' shows its progress), "
                + "or evaluate a completed job with --job.");
        }
        return spec.Make(request, only: null);
    }

    /// <summary>Returns the position of the completed job with the given id prefix.</summary>
    private async Task<JobPosition> JobAsync(SweepId id, SweepPlan plan, string prefix)
    {
        var job = await reader.JobAsync(id, prefix);
        if (job.Status.State != JobState.Completed)
            throw new InvalidInputException($"--job {prefix}: job {job.Status.Id} is {AdaptClusterJson.Name(job.Status.State)}; "
                + "only completed jobs can be evaluated.");
        return plan.At(Array.FindIndex(plan.Groups, group => group.Definition with { Seed = job.Definition.Seed } == job.Definition),
            Array.IndexOf(plan.Seeds, job.Definition.Seed));
    }
}
